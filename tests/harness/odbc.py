"""What of the case suite runs through ODBC: which cases always do, and which cannot and why."""

import configparser
import fnmatch
import subprocess

# Run with everything else, on each backend that the case names: reads, values, writes, errors, batches.
SELECTED = (
    "tests/cases/table/*",
    "tests/cases/batch/*",
)

# backend, cases, why not there.
CANNOT = (
    (
        "odbc-sqlite",
        "tests/cases/table/odd_values_of_sqlite_stay_readable.case",
        "SQLite's driver answers every value as one of the declared type of its column",
    ),
    (
        "odbc-sqlite",
        "tests/cases/table/get_names_beyond_ascii_keep_their_case.case",
        "a table whose name is not ASCII is found by its exact spelling alone; why is not known",
    ),
    (
        "odbc-sqlite",
        "tests/cases/table/statements_of_each_service_hold.case",
        "it changes tables, for which the connection must do what SQLite's driver has no way to",
    ),
    (
        "odbc-sqlite",
        "tests/cases/table/delete_what_others_refer_to.case",
        "SQLite's driver does not tell on which side a reference broke: 400, where it should be 409",
    ),
)


def is_selected(path):
    return any(fnmatch.fnmatch(path, pattern) for pattern in SELECTED)


def cannot(backend, path):
    """Why the case cannot run there; None when it can."""
    for name, pattern, why in CANNOT:
        if fnmatch.fnmatch(backend, name) and fnmatch.fnmatch(path, pattern):
            return why
    return None


def is_registered(driver):
    try:
        found = subprocess.run(
            ["odbcinst", "-q", "-d"], stdout=subprocess.PIPE, text=True, timeout=20
        )
    except OSError:
        return False
    drivers = configparser.ConfigParser(allow_no_value=True)
    drivers.read_string(found.stdout)
    return drivers.has_section(driver)
