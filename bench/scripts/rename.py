for row in event["response"]["content"]["resource"]:
    row["full_name"] = row.pop("name")
