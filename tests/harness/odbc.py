"""What of the case suite does not run through ODBC, and why."""

import configparser
import fnmatch
import subprocess

# backend, cases, why not there.
CANNOT = (
    (
        "odbc-postgres",
        "tests/cases/proc/values_keep_their_types.case",
        "psqlODBC calls json and jsonb unknown: in the rows of a function they are text",
    ),
    (
        "odbc-mysql",
        "tests/cases/proc/values_of_mysql_keep_their_types.case",
        "MariaDB's driver does not tell TINYINT(1) from TINYINT: in results they are numbers",
    ),
    (
        "odbc-mysql",
        "tests/cases/proc/a_call_of_mysql_leaves_nothing_behind.case",
        "a service of type odbc has no field 'timezone'",
    ),
    *(
        (
            "odbc-sqlite",
            f"tests/cases/{case}.case",
            "tables are dropped and made anew, which " "needs what SQLite's driver has no way to",
        )
        for case in (
            "table/statements_of_each_service_hold",
            "schema/a_changed_table_keeps_its_rows_and_keys",
            "schema/a_dropped_table_takes_no_records_of_others",
            "schema/a_foreign_key_is_dropped",
            "schema/aliases_are_unique",
            "schema/aliases_of_tables",
            "schema/a_relation_is_made_as_foreign_key",
            "schema/a_table_is_replaced_whole",
            "schema/creates_a_table",
            "schema/fields_are_added",
            "schema/fields_are_changed",
            "schema/fields_are_renamed_and_dropped",
            "schema/misspelt_members_are_named",
            "schema/rights_on_fields_are_those_on_the_table",
            "schema/validation_has_no_way_around",
            "schema/validation_judges_writes",
        )
    ),
    (
        "odbc-sqlite",
        "tests/cases/system/index_shows_what_is_asked_for.case",
        "its service is of the type odbc, and the case asks for those of sqlite",
    ),
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
        "tests/cases/table/delete_what_others_refer_to.case",
        "SQLite's driver does not tell on which side a reference broke: 400, where it should be 409",
    ),
)


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
