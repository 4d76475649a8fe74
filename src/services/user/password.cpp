#include "services/user/password.h"

#include "core/json.h"
#include "services/system/options.h"

namespace sluice::services::user {
namespace {

using access::Accounts;
using store::Tables;
using store::UserRow;

/// Only the password, whatever else changed in the meantime. Who knew the old one is logged out.
Result<UserRow> save_password(Tables& tables,
                              store::Id id,
                              const std::string& hash,
                              const std::string& own_token) {
    SLUICE_TRY(auto row, tables.users.find(id));
    if (!row) {
        return fail(ErrorKind::NotFound, "The user does not exist any more.");
    }
    row->password_hash = hash;
    row->stamps.last_modified_date = store::now_text();
    row->stamps.last_modified_by_id = id;
    SLUICE_TRY(const bool is_there, tables.users.update(*row));
    static_cast<void>(is_there);
    SLUICE_CHECK(access::end_sessions(tables, id, own_token));
    return *row;
}

class PasswordResource : public system::Resource {
public:
    PasswordResource(Accounts& accounts, std::string path)
        : accounts_(accounts), path_(std::move(path)) {}

    std::string path() const override { return path_; }
    std::string label() const override { return "Password"; }
    std::vector<Route> routes() const override {
        return {{path_, system::kPost | system::kChange, "Changes the caller's own password."}};
    }

    Task<Result<Response>> handle(const Call& call) override {
        const Verb verb = call.request.verb;
        if (verb != Verb::Post && verb != Verb::Put && verb != Verb::Patch) {
            co_return fail(system::unsupported(call));
        }
        CO_TRY(const system::Body body, system::read_body(call.request));
        CO_TRY(const json::object given, body.record());
        if (call.request.parameters.is_on("reset") || given.contains("code") ||
            given.contains("security_answer")) {
            co_return fail(ErrorKind::NotImplemented,
                           "Resetting a forgotten password is not available on this instance.");
        }
        if (!call.principal->user) {
            co_return fail(ErrorKind::BadRequest,
                           "Not enough information provided to change password.");
        }
        co_return co_await change(call, std::string(text_or(given, "old_password", "")),
                                  std::string(text_or(given, "new_password", "")));
    }

private:
    Task<Result<Response>> change(const Call& call,
                                  std::string old_password,
                                  std::string new_password) {
        if (old_password.empty() || new_password.empty()) {
            co_return fail(ErrorKind::BadRequest,
                           "Both old and new password are required to change the password.");
        }
        const UserIdentity& user = *call.principal->user;
        CO_CHECK(access::check_new_password(new_password, "new_password"));
        const std::string& address = call.request.origin.client_address;
        CO_CHECK(
            co_await accounts_.verify_own_password(user.email, std::move(old_password), address));
        CO_TRY(std::string hash, co_await accounts_.passwords.hash(std::move(new_password),
                                                                   access::network_of(address)));
        auto work = [id = user.id, hash = std::move(hash), token = call.principal->session_token](
                        Tables& tables) { return save_password(tables, id, hash, token); };
        CO_TRY(const UserRow saved, co_await accounts_.store.write(std::move(work)));
        if (!call.request.parameters.is_on("login")) {
            co_return system::succeeded();
        }
        CO_TRY(const access::Session session, co_await accounts_.sessions.open(saved, false));
        co_return Response::json(
            json::serialize(json::object{{"success", true}, {"session_token", session.token}}));
    }

    Accounts& accounts_;
    std::string path_;
};

}  // namespace

system::ResourceRef make_password(Accounts& accounts, std::string path) {
    return std::make_unique<PasswordResource>(accounts, std::move(path));
}

}  // namespace sluice::services::user
