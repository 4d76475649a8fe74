#include "services/system/children.h"

namespace sluice::services::system {

Status check_user_app_role(store::Tables& tables, store::UserAppRoleRow& row) {
    SLUICE_CHECK(check_reference(tables.users, row.user_id, "user_id"));
    SLUICE_CHECK(check_reference(tables.apps, row.app_id, "app_id"));
    return check_reference(tables.roles, row.role_id, "role_id");
}

}  // namespace sluice::services::system
