#pragma once
/// The system and user services on a throw-away store. Included by tests only.

#include "access/testing.h"
#include "core/json.h"
#include "core/payload.h"
#include "services/system/system_service.h"
#include "services/user/user_service.h"

namespace sluice::services::testing {

using access::testing::await;

struct Answer {
    int status = 0;
    json::value body;

    const json::value& at(std::string_view pointer) const { return body.at_pointer(pointer); }
    std::string text() const { return json::serialize(body); }
    std::string message() const {
        return std::string(body.at_pointer("/error/message").get_string());
    }
};

class TestServices : public access::testing::TestAccounts {
public:
    TestServices()
        : system_(system::make_system_service(parts(accounts))),
          user_(user::make_user_service(accounts)) {
        auto admin = std::make_shared<Principal>();
        admin->user = UserIdentity{};
        admin->user->id = 1;
        admin->user->is_sys_admin = true;
        admin->is_unrestricted = true;
        principal = admin;
    }

    /// `path` begins with the service: "system/role/1?fields=*".
    Answer ask(Verb verb, const std::string& path, const std::string& content = "") {
        const Call call = call_of(verb, path, content);
        const ServiceRef& service = call.target.service == "user" ? user_ : system_;
        const auto result = await(service->handle(call));
        const Response response = result ? *result : Response::from(result.error());
        Answer answer;
        answer.status = response.status;
        if (!response.content.empty()) {
            answer.body = parse_json(response.content, "answer").value();
        }
        return answer;
    }
    Answer get(const std::string& path) { return ask(Verb::Get, path); }
    Answer post(const std::string& path, const std::string& content) {
        return ask(Verb::Post, path, content);
    }
    Answer patch(const std::string& path, const std::string& content) {
        return ask(Verb::Patch, path, content);
    }
    Answer remove(const std::string& path, const std::string& content = "") {
        return ask(Verb::Delete, path, content);
    }

    /// Who calls. An administrator to begin with.
    PrincipalRef principal;
    const ServiceRef& system_service() const { return system_; }

protected:
    static json::array schema() {
        return {json::object{{"name", "dsn"}, {"type", "password"}},
                json::object{{"name", "password"}, {"type", "password"}},
                json::object{{"name", "database"}, {"type", "string"}},
                json::object{{"name", "host"}, {"type", "string"}}};
    }

    static Task<std::optional<std::string>> no_braces(std::string engine,
                                                      std::string text,
                                                      Deadline /*deadline*/) {
        co_return text.find('{') == std::string::npos
            ? std::nullopt
            : std::optional<std::string>(engine + ": unexpected '{' in line 1");
    }

    static Task<std::vector<system::NamedDescription>> descriptions(system::Wanted /*wanted*/,
                                                                    system::Viewer /*viewer*/) {
        Description db;
        db.routes = {{"", VerbSet(1), ""},
                     {"_table/{table_name}", VerbSet(3), ""},
                     {"_table/{table_name}/{id}", VerbSet(1), ""}};
        Description files;
        files.routes = {{"{folder_path...}", VerbSet(1), ""}};
        co_return std::vector<system::NamedDescription>{
            {"files", files, {}}, {"db", db, {{"table_name", {"todo", "contact"}}}}};
    }

    static Task<std::optional<std::string>> no_field_nope(std::string service,
                                                          std::string table,
                                                          RowFilter filter,
                                                          Deadline /*deadline*/) {
        const bool is_value = filter.op != "IS NOT NULL";
        co_return filter.field == "nope"
            ? std::optional(service + "." + table + (is_value ? " value." : " field."))
            : std::nullopt;
    }

    static system::SystemParts parts(access::Accounts& accounts) {
        return {accounts,
                {{"sqlite", "SQLite", "", "Database", false, false, schema()},
                 {"nodejs", "Node.js", "", "Script", false, true, {}},
                 {"system", "System", "", "System", true, false, {}},
                 {"user", "User", "", "User", true, false, {}}},
                {{"nodejs", "Node.js", "JavaScript", false, true, ""},
                 {"v8js", "V8", "JavaScript", true, true, ""},
                 {"php", "PHP", "PHP", false, true, ""}},
                {false, {"php"}},
                &descriptions,
                &no_braces,
                "1.2.3",
                &no_field_nope};
    }

    Call call_of(Verb verb, const std::string& path, const std::string& content) const {
        Call call;
        call.request.verb = verb;
        call.request.content = content;
        call.request.content_type = "application/json";
        call.principal = principal;
        const std::size_t question = path.find('?');
        std::string_view rest = std::string_view(path).substr(0, question);
        call.request.path = "/api/v2/" + std::string(rest);
        if (question != std::string::npos) {
            call.request.parameters = parse_query(path.substr(question + 1)).value();
        }
        std::vector<std::string> segments;
        while (!rest.empty()) {
            const std::size_t slash = std::min(rest.find('/'), rest.size());
            segments.emplace_back(rest.substr(0, slash));
            rest.remove_prefix(std::min(slash + 1, rest.size()));
        }
        call.target.service = segments.front();
        segments.erase(segments.begin());
        for (const std::string& segment : segments) {
            call.target.resource.append(call.target.resource.empty() ? "" : "/").append(segment);
        }
        call.target.segments = std::move(segments);
        return call;
    }

    ServiceRef system_;
    ServiceRef user_;
};

}  // namespace sluice::services::testing
