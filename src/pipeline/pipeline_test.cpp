#include "pipeline/pipeline.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>

#include <sys/mman.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "core/log.h"

namespace sluice::pipeline {
namespace {

namespace asio = boost::asio;

/// A service with tables that answers with the request it got.
class EchoService final : public services::Service {
public:
    EchoService() {
        description_.routes = {{"", VerbSet::of(Verb::Get), ""},
                               {"_table/{table_name}", VerbSet::all(), ""}};
    }
    Task<Result<Response>> handle(const Call& call) override {
        ++calls;
        was_in_a_unit = call.request.origin.unit != nullptr;
        if (call.request.parameters.contains("wrong_verb")) {
            co_return fail(ErrorKind::MethodNotAllowed, "Not like this.");
        }
        if (call.request.parameters.contains("fail_quietly")) {
            co_return Response::json("{}", 418);
        }
        if (call.request.parameters.contains("fail")) {
            co_return fail(ErrorKind::Conflict, "It is there already.");
        }
        co_return Response::json(call.request.content.empty() ? "{}" : call.request.content);
    }
    const services::Description& describe() const override { return description_; }
    void has_transactions() { description_.has_transactions = true; }
    int calls = 0;
    bool was_in_a_unit = false;

private:
    services::Description description_;
};

/// The stages with stand-ins for access, store and scripts, which note what happens.
class PipelineTest : public testing::Test {
protected:
    PipelineTest()
        : registry_(
              {{{"echo", "Echo", "", "Test", false, false, {}},
                [this](const store::ServiceRow&) { return Result<services::ServiceRef>(echo_); }}}),
          parts_{[this] { return snapshot_; },
                 [](const Request&) -> Task<Result<PrincipalRef>> {
                     co_return std::make_shared<const Principal>();
                 },
                 [this](const Principal&,
                        const Target& target,
                        Verb,
                        Requestor,
                        const store::Snapshot&) -> Result<Grant> {
                     if (is_forbidden_) {
                         return fail(ErrorKind::Forbidden, "no");
                     }
                     granted_ = target.resource;
                     return Grant{VerbSet::all(), {}, false};
                 },
                 registry_,
                 [this](ScriptRef script, const Event& event) { return run(*this, script, event); },
                 {},
                 std::chrono::seconds(60)} {
        auto row = std::make_shared<store::ServiceRow>();
        row->name = "db";
        row->type = "echo";
        auto snapshot = std::make_shared<store::Snapshot>();
        snapshot->services_by_name["db"] = row;
        building_ = snapshot;
        snapshot_ = snapshot;
    }

    static Task<Result<Outcome>> run(PipelineTest& self, ScriptRef script, const Event& event) {
        self.fired_.push_back(script->name + "(" + event.resource + ")");
        if (event.response != nullptr) {
            self.seen_status_ = event.response->status;
        }
        if (self.engine_is_down_) {
            co_return fail(ErrorKind::ServiceUnavailable, "no engine");
        }
        co_return self.outcomes_[script->name];
    }

    void attach(const std::string& event,
                ScriptRef store::Attachments::*stage,
                const std::string& suffix) {
        auto script = std::make_shared<Script>();
        script->name = event + suffix;
        script->allows_modification = true;
        building_->attachments[event].*stage = script;
        ++building_->attachments_per_service["db"];
    }
    void attach_all(const std::string& event) {
        attach(event, &store::Attachments::pre_process, ".pre");
        attach(event, &store::Attachments::post_process, ".post");
        attach(event, &store::Attachments::final, "");
    }

    Response get(std::string path, Verb verb = Verb::Get) {
        Request request;
        request.verb = verb;
        const std::size_t query = path.find('?');
        request.path = path.substr(0, query);
        if (query != std::string::npos) {
            request.parameters.set(path.substr(query + 1), "");
        }
        request.uri = std::move(path);
        request.origin.request_id = "the-request";
        request.headers.set("accept", wanted_);
        asio::io_context io;
        Response response;
        asio::co_spawn(io, keep(make_handler(parts_), std::move(request), response),
                       asio::detached);
        io.run();
        return response;
    }
    static Task<void> keep(Handler handler, Request request, Response& response) {
        response = co_await handler(std::move(request));
    }

    std::shared_ptr<EchoService> echo_ = std::make_shared<EchoService>();
    services::Registry registry_;
    std::shared_ptr<store::Snapshot> building_;
    store::SnapshotRef snapshot_;
    Parts parts_;
    std::map<std::string, Outcome> outcomes_;
    std::vector<std::string> fired_;
    std::string granted_;
    std::string wanted_;
    int seen_status_ = 0;
    bool is_forbidden_ = false;
    bool engine_is_down_ = false;
};

TEST_F(PipelineTest, ServesWithAndWithoutVersion) {
    for (const char* path : {"/api/v2/db", "/api/db", "/api/v2.0/DB/"}) {
        EXPECT_EQ(get(path).status, 200) << path;
    }
    EXPECT_EQ(echo_->calls, 3);
}

TEST_F(PipelineTest, PathsThatLeadNowhereAre404) {
    for (const char* path :
         {"/", "/apix/db", "/api/v2/nothing", "/api/v2/db/nothing", "/api/v2/db/_table/a/b"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
}

TEST_F(PipelineTest, IndexListsWhatTheCallerMayUse) {
    for (const char* path : {"/api", "/api/", "/api/v2", "/api/v2/"}) {
        const Response response = get(path);
        EXPECT_EQ(response.status, 200);
        EXPECT_NE(response.content.find(R"("name":"db")"), std::string::npos) << path;
        EXPECT_NE(response.content.find(R"("name":"echo","label":"Echo")"), std::string::npos);
    }
    is_forbidden_ = true;
    EXPECT_EQ(get("/api/v2").content, R"({"services":[],"service_types":[]})");
}

TEST_F(PipelineTest, VerbThatAResourceLacksIs400) {
    const Response response = get("/api/v2/db", Verb::Delete);
    EXPECT_EQ(response.status, 400);
    EXPECT_NE(response.content.find("*Delete* requests without a resource are not currently "
                                    "supported by the 'db' service."),
              std::string::npos);
    EXPECT_EQ(response.headers.get_or("allow", ""), "OPTIONS, GET, HEAD");
    EXPECT_EQ(echo_->calls, 0);
}

TEST_F(PipelineTest, VerbThatAServiceRefusesIs405WithWhatTheResourceHas) {
    const Response response = get("/api/v2/db?wrong_verb");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.headers.get_or("allow", ""), "OPTIONS, GET, HEAD");
    EXPECT_EQ(get("/api/v2/db/_table/todo?wrong_verb").headers.get_or("allow", ""),
              "OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE");
}

TEST_F(PipelineTest, OptionsTellWhatTheResourceHasAndTheCallerMay) {
    EXPECT_EQ(get("/api/v2/db", Verb::Options).headers.get_or("allow", ""), "OPTIONS, GET, HEAD");
}

TEST_F(PipelineTest, FormatThatNobodyCanMakeIs406BeforeAnythingIsDone) {
    wanted_ = "image/png";
    EXPECT_EQ(get("/api/v2/db/_table/todo", Verb::Post).status, 406);
    EXPECT_EQ(echo_->calls, 0);
    attach_all("db._table.todo.get");
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 200) << "a script may make it";
}

TEST_F(PipelineTest, DotsNeverClimbOutOfAService) {
    EXPECT_EQ(get("/api/v2/db/../system").status, 400);
}

TEST_F(PipelineTest, ForbiddenCallWakesNothing) {
    attach_all("db._table.todo.get");
    is_forbidden_ = true;
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 403);
    EXPECT_EQ(get("/api/v2/nothing").status, 403);
    EXPECT_TRUE(fired_.empty());
    EXPECT_EQ(echo_->calls, 0);
}

TEST_F(PipelineTest, AccessIsDecidedOnTheResource) {
    get("/api/v2/db/_table/todo/");
    EXPECT_EQ(granted_, "_table/todo");
}

TEST_F(PipelineTest, GenericScriptsRunBeforeSpecificOnes) {
    attach_all("db._table.todo.get");
    attach_all("db._table.{table_name}.get");
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 200);
    EXPECT_EQ(fired_, (std::vector<std::string>{
                          "db._table.{table_name}.get.pre(todo)", "db._table.todo.get.pre(todo)",
                          "db._table.{table_name}.get.post(todo)", "db._table.todo.get.post(todo)",
                          "db._table.{table_name}.get(todo)", "db._table.todo.get(todo)"}));
}

TEST_F(PipelineTest, StoppedPropagationEndsTheStageOnly) {
    attach_all("db._table.todo.get");
    attach_all("db._table.{table_name}.get");
    outcomes_["db._table.{table_name}.get.pre"].stops_propagation = true;
    outcomes_["db._table.{table_name}.get.post"].stops_propagation = true;
    outcomes_["db._table.{table_name}.get"].stops_propagation = true;
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 200);
    EXPECT_EQ(fired_, (std::vector<std::string>{"db._table.{table_name}.get.pre(todo)",
                                                "db._table.{table_name}.get.post(todo)",
                                                "db._table.{table_name}.get(todo)"}));
}

TEST_F(PipelineTest, AnotherSpellingDoesNotGoRoundAScript) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get.pre"].raised = Error(ErrorKind::BadRequest, "no");
    EXPECT_EQ(get("/api/v2/db/_table/TODO").status, 400);
    EXPECT_EQ(echo_->calls, 0);
}

TEST_F(PipelineTest, OptionsRunsNothing) {
    attach_all("db._table.todo.options");
    const Response response = get("/api/v2/db/_table/todo", Verb::Options);
    EXPECT_EQ(response.status, 204);
    EXPECT_EQ(response.headers.get_or("allow", ""), "OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE");
    EXPECT_EQ(echo_->calls, 0);
    EXPECT_TRUE(fired_.empty());
}

TEST_F(PipelineTest, IndexIsOnlyRead) {
    for (const char* path : {"/api", "/api/v2", "/api/v2/"}) {
        const Response response = get(path, Verb::Put);
        EXPECT_EQ(response.status, 405) << path;
        EXPECT_EQ(response.headers.get_or("allow", ""), "GET") << path;
    }
}

TEST_F(PipelineTest, FaultOfTheServerIs500) {
    parts_.snapshot = []() -> store::SnapshotRef { throw std::runtime_error("a bug"); };
    const Response response = get("/api/v2/db");
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.content.find("a bug"), std::string::npos);
}

TEST_F(PipelineTest, ScriptsOfOtherEventsStayAsleep) {
    attach_all("db._table.other.get");
    attach_all("db._table.todo.post");
    get("/api/v2/db/_table/todo");
    EXPECT_TRUE(fired_.empty());
}

TEST_F(PipelineTest, PreResponseSkipsTheServiceNotThePostScripts) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get.pre"].response.status = 202;
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 202);
    EXPECT_EQ(echo_->calls, 0);
    EXPECT_EQ(fired_.size(), 3U);
}

TEST_F(PipelineTest, PreExceptionSkipsLaterPreScriptsNotThePostScripts) {
    attach_all("db._table.{table_name}.get");
    attach_all("db._table.todo.get");
    outcomes_["db._table.{table_name}.get.pre"].raised = Error(ErrorKind::BadRequest, "Missing x.");
    const Response response = get("/api/v2/db/_table/todo");
    EXPECT_EQ(response.status, 400);
    EXPECT_NE(response.content.find("Missing x."), std::string::npos);
    EXPECT_EQ(echo_->calls, 0);
    EXPECT_EQ(fired_.size(), 5U);
    EXPECT_EQ(seen_status_, 400);
}

TEST_F(PipelineTest, ServiceErrorIsSeenByPostScripts) {
    attach_all("db._table.todo.get");
    EXPECT_EQ(get("/api/v2/db/_table/todo?fail").status, 409);
    EXPECT_EQ(seen_status_, 409);
}

TEST_F(PipelineTest, PostExceptionReplacesTheAnswer) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get.post"].raised = Error(ErrorKind::NotFound, "hidden");
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 404);
    EXPECT_EQ(fired_.back(), "db._table.todo.get(todo)");
}

/// What is logged while the call runs. Another thread writes it, in order: it is all there when the
/// last line is.
std::string logged(const std::function<void()>& call) {
    const int file = memfd_create("log", 0);
    const int before = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    log::error("test", "it begins");
    call();
    log::error("test", "it ends");
    std::string text;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (text.find("it ends") == std::string::npos && std::chrono::steady_clock::now() < until) {
        std::array<char, 16'384> bytes{};
        const ssize_t size = pread(file, bytes.data(), bytes.size(), 0);
        text.assign(bytes.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    }
    dup2(before, STDERR_FILENO);
    close(before);
    close(file);
    return text.substr(std::min(text.find("it begins"), text.size()));
}

TEST_F(PipelineTest, ErrorThatAPostExceptionHidesIsLogged) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get.post"].raised = Error(ErrorKind::NotFound, "hidden");
    const std::string lines =
        logged([this] { EXPECT_EQ(get("/api/v2/db/_table/todo?fail").status, 404); });
    EXPECT_NE(lines.find("a failing script hides the call's own error: 409 conflict on "
                         "/api/v2/db/_table/todo: It is there already."),
              std::string::npos)
        << lines;
    EXPECT_NE(lines.find("request=the-request"), std::string::npos) << lines;
    EXPECT_NE(logged([this] {
                  get("/api/v2/db/_table/todo?fail_quietly");
              }).find("own error: 418 on /api/v2/db/_table/todo"),
              std::string::npos);
}

TEST_F(PipelineTest, ErrorThatAPreScriptRaisedIsLoggedWhenAPostScriptHidesIt) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get.pre"].raised = Error(ErrorKind::BadRequest, "Missing x.");
    outcomes_["db._table.todo.get.post"].raised = Error(ErrorKind::NotFound, "hidden");
    const std::string lines =
        logged([this] { EXPECT_EQ(get("/api/v2/db/_table/todo").status, 404); });
    EXPECT_NE(lines.find("400 bad_request on /api/v2/db/_table/todo: Missing x."),
              std::string::npos)
        << lines;
}

TEST_F(PipelineTest, PostExceptionAfterASuccessHidesNothing) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get.post"].raised = Error(ErrorKind::NotFound, "hidden");
    EXPECT_EQ(logged([this] { get("/api/v2/db/_table/todo"); }).find("hides"), std::string::npos);
}

TEST_F(PipelineTest, FinalScriptsChangeNothing) {
    attach_all("db._table.todo.get");
    outcomes_["db._table.todo.get"].response.status = 500;
    outcomes_["db._table.todo.get"].raised = Error(ErrorKind::Internal, "x");
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 200);
}

TEST_F(PipelineTest, AFinalScriptInATransactionFailsWithTheCall) {
    attach_all("db._table.todo.get");
    auto script = std::make_shared<Script>(*building_->attachments["db._table.todo.get"].final);
    script->is_transactional = true;
    building_->attachments["db._table.todo.get"].final = script;
    outcomes_["db._table.todo.get"].raised = Error(ErrorKind::BadRequest, "x");
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 500) << "the service has none";
    EXPECT_TRUE(fired_.empty());
    echo_->has_transactions();
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 400);
    EXPECT_EQ(fired_.size(), 3U);
    EXPECT_TRUE(echo_->was_in_a_unit);
}

TEST_F(PipelineTest, EngineThatIsDownFailsTheCall) {
    attach_all("db._table.todo.get");
    engine_is_down_ = true;
    EXPECT_EQ(get("/api/v2/db/_table/todo").status, 503);
    EXPECT_EQ(echo_->calls, 0);
}

TEST_F(PipelineTest, PreScriptsHandTheirRequestOn) {
    attach_all("db._table.todo.post");
    outcomes_["db._table.todo.post.pre"].request.payload = R"({"changed":true})";
    EXPECT_EQ(get("/api/v2/db/_table/todo", Verb::Post).content, R"({"changed":true})");
}

TEST_F(PipelineTest, AnswerTellsTheTimeOfEachStage) {
    const Response response = get("/api/v2/db");
    const std::string_view timing = response.headers.get_or("server-timing", "");
    for (const char* stage : {"auth;dur=", "access;dur=", "resolve;dur=", "service;dur="}) {
        EXPECT_NE(timing.find(stage), std::string_view::npos) << timing;
    }
}

}  // namespace
}  // namespace sluice::pipeline
