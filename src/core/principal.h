#pragma once
/// Who makes a call: the outcome of authentication, never changed afterwards.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// Whether a call came from outside or from a script. Bits as roles store them.
enum class Requestor { Api = 1, Script = 2 };

struct AppIdentity {
    std::int64_t id = 0;
    std::string name;
};

struct UserIdentity {
    std::int64_t id = 0;
    std::string name;
    std::string username;
    std::string first_name;
    std::string last_name;
    std::string email;
    bool is_sys_admin = false;
    std::string last_login_date;
};

struct RoleIdentity {
    std::int64_t id = 0;
    std::string name;
};

/// Shape: what was presented and could be verified. All empty: an anonymous caller.
struct Principal {
    std::string api_key;
    std::string session_token;
    std::optional<AppIdentity> app;
    std::optional<UserIdentity> user;
    std::optional<RoleIdentity> role;
    /// An administrator without a role of their own: may do everything.
    bool is_unrestricted = false;
    /// `platform.session` as JSON text, written once for all the calls of this principal.
    std::string session_json = "{}";
};

using PrincipalRef = std::shared_ptr<const Principal>;

}  // namespace sluice
