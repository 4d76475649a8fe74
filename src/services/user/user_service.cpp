#include "services/user/user_service.h"

#include "services/system/resource_service.h"
#include "services/user/password.h"
#include "services/user/profile.h"
#include "services/user/register.h"
#include "services/user/session.h"

namespace sluice::services::user {

ServiceRef make_user_service(access::Accounts& accounts) {
    std::vector<system::ResourceRef> all;
    all.push_back(make_password(accounts, "password"));
    all.push_back(make_profile(accounts, "profile"));
    all.push_back(make_register(accounts, "register"));
    all.push_back(make_session(accounts, "session", WhoLogsIn::Everybody));
    return std::make_shared<system::ResourceService>(std::move(all));
}

}  // namespace sluice::services::user
