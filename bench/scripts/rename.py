for row in event["response"]["content"]["resource"]:  # noqa: F821 (the host gives it)
    row["full_name"] = row.pop("name")
