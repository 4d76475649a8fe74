#include "services/user/user_service.h"

#include "services/system/resource_service.h"
#include "services/user/password.h"
#include "services/user/profile.h"
#include "services/user/register.h"
#include "services/user/session.h"

namespace sluice::services::user {

ServiceType user_service_type() {
    json::array schema;
    schema.push_back(config_field("allow_open_registration", "Allow open registration", "boolean",
                                  "Anybody may make themselves a user.", false, false));
    schema.push_back(config_field("open_reg_role_id", "Role of who registers", "integer", ""));
    for (const char* kind : {"open_reg", "invite", "password"}) {
        const std::string name(kind);
        schema.push_back(config_field(name + "_email_service_id", "E-mail service", "integer", ""));
        schema.push_back(
            config_field(name + "_email_template_id", "E-mail template", "integer", ""));
    }
    return {"user",
            "User service",
            "Sessions, profiles and passwords.",
            "User",
            true,
            false,
            std::move(schema),
            {}};
}

ServiceRef make_user_service(access::Accounts& accounts) {
    std::vector<system::ResourceRef> all;
    all.push_back(make_password(accounts, "password"));
    all.push_back(make_profile(accounts, "profile"));
    all.push_back(make_register(accounts, "register"));
    all.push_back(make_session(accounts, "session", WhoLogsIn::Everybody));
    return std::make_shared<system::ResourceService>(std::move(all));
}

}  // namespace sluice::services::user
