#include "services/user/session.h"

#include <array>

#include <unistd.h>

#include "access/credentials.h"
#include "access/make_principal.h"
#include "core/json.h"
#include "services/system/options.h"

namespace sluice::services::user {
namespace {

using access::Accounts;
using access::Identity;

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

json::object json_of(const Identity& identity,
                     const access::Session& session,
                     const Principal& principal) {
    const store::UserRow& user = identity.user;
    json::object out{{"session_token", session.token},
                     {"session_id", session.token},
                     {"id", user.id},
                     {"name", user.name},
                     {"first_name", access::text_or_null(user.first_name)},
                     {"last_name", access::text_or_null(user.last_name)},
                     {"email", user.email},
                     {"is_sys_admin", user.is_sys_admin},
                     {"last_login_date", access::text_or_null(user.last_login_date)},
                     {"host", host_name()},
                     {"token_expiry_date", store::date_text(session.expires_at)}};
    if (!user.is_sys_admin) {
        out["role"] = principal.role ? json::value(principal.role->name) : json::value(nullptr);
        out["role_id"] = principal.role ? json::value(principal.role->id) : json::value(nullptr);
    }
    return out;
}

tl::unexpected<Error> missing(std::string_view what) {
    return fail(ErrorKind::BadRequest,
                "Login request is missing required " + std::string(what) + ".");
}

class SessionResource : public system::Resource {
public:
    SessionResource(Accounts& accounts, std::string path, WhoLogsIn who)
        : accounts_(accounts), path_(std::move(path)), who_(who) {}

    std::string path() const override { return path_; }
    std::string label() const override { return "Session"; }
    std::vector<Route> routes() const override {
        return {{path_, system::kGet | system::kPost | VerbSet::of(Verb::Put) | system::kDelete,
                 "Logs in, shows, renews and ends the session."},
                {path_ + "/{id...}", VerbSet(), "Nothing: a session has no id."}};
    }

    Task<Result<Response>> handle(const Call& call) override {
        switch (call.request.verb) {
            case Verb::Post:
                co_return co_await log_in(call);
            case Verb::Get:
                co_return co_await show(call);
            case Verb::Put:
                co_return co_await refresh(call);
            case Verb::Delete:
                co_return co_await log_out(call);
            default:
                co_return fail(system::unsupported(call));
        }
    }

private:
    Error no_session() const {
        if (who_ == WhoLogsIn::Admins) {
            return {ErrorKind::NotFound, "No user session found."};
        }
        return access::no_session();
    }

    Task<Result<Response>> log_in(const Call& call) {
        CO_TRY(const system::Body body, system::read_body(call.request));
        const json::object empty;
        const json::object* given = body.value.if_object();
        const json::object& fields = given == nullptr ? empty : *given;
        access::LoginAttempt attempt;
        const std::string_view username = text_or(fields, "username", "");
        const std::string_view email = text_or(fields, "email", "");
        if (email.empty() && username.empty()) {
            co_return missing("email");
        }
        attempt.by_username = email.empty();
        attempt.name = email.empty() ? username : email;
        attempt.password = text_or(fields, "password", "");
        if (attempt.password.empty()) {
            co_return missing("password");
        }
        attempt.client_address = call.request.origin.client_address;
        CO_TRY(Identity identity, co_await accounts_.verify_login(std::move(attempt)));
        if (who_ == WhoLogsIn::Admins && !identity.user.is_sys_admin) {
            co_return fail(ErrorKind::Unauthorized, "Invalid credentials supplied.");
        }
        const bool remember_me = boolean_or(fields, "remember_me", false);
        CO_TRY(access::Session session,
               co_await accounts_.sessions.open(identity.user, remember_me));
        // As the log-in left it: it has noted its own time.
        CO_TRY(identity, co_await accounts_.sessions.check(session.token));
        co_return co_await session_answer(
            accounts_, std::move(identity), std::move(session),
            std::string(access::credentials_of(call.request).api_key));
    }

    Task<Result<Response>> show(const Call& call) {
        const Principal& principal = *call.principal;
        if (!principal.user || principal.session_token.empty() ||
            (who_ == WhoLogsIn::Admins && !principal.user->is_sys_admin)) {
            co_return fail(no_session());
        }
        access::Session session;
        session.token = principal.session_token;
        CO_TRY(Identity identity, co_await accounts_.sessions.check(session.token));
        session.expires_at = identity.valid_until;
        co_return co_await session_answer(accounts_, std::move(identity), std::move(session),
                                          principal.api_key);
    }

    Task<Result<Response>> refresh(const Call& call) {
        const Principal& principal = *call.principal;
        if (principal.session_token.empty() ||
            (who_ == WhoLogsIn::Admins && !principal.user->is_sys_admin)) {
            co_return fail(no_session());
        }
        CO_TRY(access::Session session,
               co_await accounts_.sessions.refresh(principal.session_token));
        CO_TRY(Identity identity, co_await accounts_.sessions.check(session.token));
        co_return co_await session_answer(accounts_, std::move(identity), std::move(session),
                                          principal.api_key);
    }

    Task<Result<Response>> log_out(const Call& call) {
        if (!call.principal->session_token.empty()) {
            CO_CHECK(co_await accounts_.sessions.close(call.principal->session_token));
        }
        co_return system::succeeded();
    }

    Accounts& accounts_;
    std::string path_;
    WhoLogsIn who_;
};

}  // namespace

Task<Result<Response>> session_answer(Accounts& accounts,
                                      Identity identity,
                                      access::Session session,
                                      std::string api_key) {
    access::Proven proven;
    proven.api_key = std::move(api_key);
    proven.session_token = session.token;
    proven.identity = std::move(identity);
    const store::SnapshotRef snapshot = accounts.store.snapshot();
    const PrincipalRef principal = access::make_principal(*snapshot, proven);
    co_return Response::json(json::serialize(json_of(*proven.identity, session, *principal)));
}

system::ResourceRef make_session(Accounts& accounts, std::string path, WhoLogsIn who) {
    return std::make_unique<SessionResource>(accounts, std::move(path), who);
}

}  // namespace sluice::services::user
