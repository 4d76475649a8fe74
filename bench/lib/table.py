"""The figures as people read them."""

COLUMNS = (
    "",
    "workload",
    "req/s",
    "+-",
    "cpu us",
    "p50 us",
    "p99 us",
    "floor",
    "ratio",
    "target",
    "",
)


def number(value, form="{:,.0f}"):
    return "" if value is None else form.format(value)


def cells(row):
    figures = row["figures"] or {}
    floor = row["floor"] or {}
    per_second = figures.get("requests_per_s")
    spread = figures.get("requests_per_s_spread")
    shown_floor = ""
    if "cpu_us" in floor:
        shown_floor = f"{floor['requests_per_s']:,.0f}/s {floor['cpu_us']:.1f} us"
    elif floor:
        shown_floor = f"{floor['requests_per_s']:,.1f}/s"
    what = row["what"]
    if "start_ms" in figures:
        what += f": {figures['start_ms']:.0f} ms"
    if "resident_bytes" in figures:
        what += f": {figures['resident_bytes'] / 1e6:.1f} MB"
    verdict = {True: "met", False: "MISSED", None: "not measured"}[row["met"]]
    if row["note"]:
        verdict += f" ({row['note']})"
    return (
        row["id"],
        what,
        number(per_second),
        "" if spread is None else f"{100 * spread:.0f} %",
        number(figures.get("cpu_us"), "{:.1f}"),
        number(figures.get("p50_us")),
        number(figures.get("p99_us")),
        shown_floor,
        number(row["ratio"], "{:.2f}"),
        row["target"],
        verdict,
    )


def print_table(facts, rows):
    lines = [COLUMNS, *map(cells, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    print(
        f"{facts['cpu']}, {facts['cores']} cores, Linux {facts['kernel']}, commit {facts['commit']}"
    )
    print(
        f"median of {facts['rounds']} runs of {facts['seconds']} s; +- is (max-min)/median; "
        f"load before: {facts['load_before']:.2f}"
    )
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
