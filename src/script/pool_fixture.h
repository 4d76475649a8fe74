#pragma once
/// A pool of fake hosts, for its tests.

#include <algorithm>
#include <functional>
#include <set>

#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include "script/pool.h"

namespace sluice::script {

namespace asio = boost::asio;
using std::chrono::milliseconds;

/// One shard with a pool of fake hosts (fake_host.py).
class PoolTest : public testing::Test {
protected:
    PoolTest() {
        settings_.host.engine = "fake";
        settings_.host.arguments = {"/usr/bin/python3",
                                    SLUICE_SOURCE_DIR "/src/script/fake_host.py"};
        settings_.host.environment = {"PATH=/usr/bin:/bin"};
        settings_.limits.request.wall = milliseconds(2000);
        settings_.max_hosts = 4;
        // The machine may be busy: nothing here counts as slow by its time.
        settings_.fast_time = std::chrono::seconds(5);
        call_.principal = std::make_shared<Principal>();
    }

    /// Runs the texts at once; gives their ends in the same order.
    std::vector<Result<Outcome>> run(const std::vector<std::string>& texts) {
        return run_as(std::vector<const Call*>(texts.size(), &call_), texts);
    }

    /// Each on behalf of the caller at the same place.
    std::vector<Result<Outcome>> run_as(const std::vector<const Call*>& callers,
                                        const std::vector<std::string>& texts) {
        if (!pool_) {
            pool_ = std::make_unique<Pool>(io_.get_executor(), settings_,
                                           [this](Request request) { return answer(request); });
        }
        std::vector<Result<Outcome>> ends(texts.size(), fail(ErrorKind::Internal, "never ended"));
        std::size_t running = texts.size();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            asio::co_spawn(io_, run_one(*pool_, *callers[i], texts[i], ends[i], running, on_end_),
                           asio::detached);
        }
        const auto give_up = Deadline::after(std::chrono::seconds(20));
        while (running > 0 && !give_up.has_passed()) {
            io_.restart();
            io_.run_for(milliseconds(10));
            pool_->tend(Deadline::Clock::now());
            if (watch_) {
                watch_(*pool_);
            }
        }
        return ends;
    }

    static Task<void> run_one(Pool& pool,
                              const Call& call,
                              std::string text,
                              Result<Outcome>& end,
                              std::size_t& running,
                              std::function<void(const std::string&)>& on_end) {
        end = co_await run_text(pool, call, text);
        --running;
        if (on_end) {
            on_end(text);
        }
    }

    static Task<Result<Outcome>> run_text(Pool& pool, const Call& call, std::string text) {
        auto script = std::make_shared<Script>();
        script->name = text;
        script->hash = text;
        script->text = text;
        script->is_strict = text.starts_with("strict");
        const Event event{Stage::PreProcess, "", call, call.request, nullptr};
        RunRecord record;
        co_return co_await pool.run(script, event, record);
    }

    /// What checking the text gives, while `busy` run.
    Result<std::optional<std::string>> check(const std::string& text,
                                             const std::vector<std::string>& busy = {}) {
        Result<std::optional<std::string>> found = fail(ErrorKind::Internal, "never ended");
        run({});
        asio::co_spawn(io_, check_one(*pool_, text, found), asio::detached);
        std::vector<std::string> texts = busy;
        texts.emplace_back("sleep 0.5");
        run(texts);
        return found;
    }

    static Task<void> check_one(Pool& pool,
                                std::string text,
                                Result<std::optional<std::string>>& found) {
        co_await sleep_for(milliseconds(100));
        auto script = std::make_shared<Script>();
        script->text = text;
        found = co_await pool.check(script, Deadline::after(milliseconds(200)));
    }

    static Task<void> kill_after(pid_t pid, milliseconds time) {
        co_await sleep_for(time);
        kill(pid, SIGKILL);
    }

    /// A path that starts with "call" or "sleep" is the text of a script, its first _ a blank.
    Task<Response> answer(Request request) {
        asked_ = request;
        std::string text = request.path.substr(request.path.rfind('/') + 1);
        if (text.starts_with("call") || text.starts_with("sleep")) {
            Call call;
            call.principal = request.origin.principal;
            call.request = std::move(request);
            const Result<Outcome> end = co_await run_text(*pool_, call, std::move(text));
            const int status = !end ? end.error().status() : end->response.status.value_or(200);
            co_return Response::json("{}", status);
        }
        co_return Response::json("{}", 207);
    }

    static void expect_all_answered(const std::vector<Result<Outcome>>& ends, int status) {
        for (const auto& end : ends) {
            ASSERT_TRUE(end) << end.error().message();
            EXPECT_EQ(end->response.status, status);
        }
    }

    /// So often that it is known to be fast.
    void make_known(const std::string& text, int times = 6) {
        for (int i = 0; i < times; ++i) {
            run({text});
        }
    }

    static Call call_of_user(std::int64_t id) {
        auto principal = std::make_shared<Principal>();
        principal->user = UserIdentity{};
        principal->user->id = id;
        Call call;
        call.principal = std::move(principal);
        return call;
    }

    /// What the run sees behind itself: 299 for another, 200 for nothing.
    static int seen_by(const Result<Outcome>& end) {
        return end ? end->response.status.value_or(0) : 0;
    }

    static std::string pid_of(const Result<Outcome>& end) {
        return end && end->returned ? end->returned->text : "none";
    }

    ~PoolTest() override {
        if (pool_) {
            pool_->stop();
            io_.restart();
            io_.run_for(milliseconds(700));
        }
    }

    asio::io_context io_{1};
    PoolSettings settings_;
    Call call_;
    std::unique_ptr<Pool> pool_;
    std::optional<Request> asked_;
    /// Called while runs go on.
    std::function<void(const Pool&)> watch_;
    /// Called with the text of each run that ended.
    std::function<void(const std::string&)> on_end_;
};

}  // namespace sluice::script
