#pragma once
/// The configuration fields of each type of service, for `/system/service_type` and the console.

#include "core/json.h"

namespace sluice::app {

json::array sqlite_schema();
json::array pgsql_schema();
json::array mysql_schema();
json::array script_schema();
json::array user_schema();

}  // namespace sluice::app
