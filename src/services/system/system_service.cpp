#include "services/system/system_service.h"

#include "services/system/app_records.h"
#include "services/system/collection.h"
#include "services/system/environment.h"
#include "services/system/event.h"
#include "services/system/event_script_records.h"
#include "services/system/resource_service.h"
#include "services/system/role_records.h"
#include "services/system/service_records.h"
#include "services/system/type_lists.h"
#include "services/system/user_records.h"
#include "services/user/password.h"
#include "services/user/profile.h"
#include "services/user/session.h"

namespace sluice::services::system {
namespace {

std::vector<std::string> databases_of(const std::vector<ServiceType>& types) {
    std::vector<std::string> names;
    for (const ServiceType& type : types) {
        if (type.group == "Database") {
            names.push_back(type.name);
        }
    }
    return names;
}

}  // namespace

ServiceType system_service_type() {
    return {"system", "System service", "Everything that is configured.", "System", true, false, {},
            {}};
}

ServiceRef make_system_service(SystemParts parts) {
    access::Accounts& accounts = parts.accounts;
    store::Store& store = accounts.store;
    const auto collection = [&store](std::shared_ptr<Records> records) {
        return std::make_unique<Collection>(store, std::move(records));
    };
    std::vector<ResourceRef> all;
    all.push_back(
        std::make_unique<Admins>(store, std::make_shared<UserRecords>(accounts, Users::Admins)));
    all.push_back(user::make_session(accounts, "admin/session", user::WhoLogsIn::Admins));
    all.push_back(user::make_profile(accounts, "admin/profile"));
    all.push_back(user::make_password(accounts, "admin/password"));
    all.push_back(collection(std::make_shared<AppRecords>()));
    all.push_back(std::make_unique<Environment>(accounts, parts.version));
    all.push_back(std::make_unique<Events>(parts.descriptions));
    all.push_back(std::make_unique<EventScripts>(
        store,
        std::make_shared<EventScriptRecords>(parts.script_types, databases_of(parts.service_types),
                                             std::move(parts.disabled_engines), parts.check_syntax,
                                             std::move(parts.descriptions))));
    all.push_back(collection(std::make_shared<RoleRecords>(databases_of(parts.service_types), store,
                                                           std::move(parts.try_filter))));
    all.push_back(make_script_type_list(parts.script_types));
    all.push_back(collection(std::make_shared<ServiceRecords>(
        parts.service_types, parts.script_types, parts.check_syntax)));
    all.push_back(make_service_type_list(parts.service_types));
    all.push_back(collection(std::make_shared<UserRecords>(accounts, Users::Ordinary)));
    return std::make_shared<ResourceService>(std::move(all));
}

}  // namespace sluice::services::system
