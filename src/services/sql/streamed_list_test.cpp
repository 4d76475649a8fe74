// Lists that are longer than a page, on every database: the same bytes as of one piece.
#include "services/sql/streamed_list.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/content_stream.h"
#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr int kRows = 5000;

std::string many_rows(const std::string& backend) {
    const std::string numbers =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < " +
        std::to_string(kRows) + ") SELECT n, n * 7 % 1000 FROM c;";
    const std::string before = backend == "mysql" ? "SET max_recursive_iterations = 10000;" : "";
    // From the 3,000th row on the view cannot be read.
    const std::string fault = backend == "postgres" ? "1 / (3000 - n)"
                              : backend == "sqlite"
                                  ? "CASE WHEN n = 3000 THEN abs(-9223372036854775807 - 1) END"
                                  : "IF(n = 3000, (SELECT n FROM large), n)";
    return "CREATE TABLE large (n INTEGER PRIMARY KEY, m INTEGER);" + before +
           "INSERT INTO large " + numbers + "CREATE VIEW broken AS SELECT n, " + fault +
           " AS m FROM large;";
}

struct Streamed {
    int status = 0;
    std::string content;
    std::size_t pieces = 0;
    std::size_t largest_piece = 0;
    std::optional<Error> failure;
};

/// Takes `most` pieces of the answer and then goes away.
Task<void> take(Service& service, const Call& call, std::size_t most, Streamed& streamed) {
    auto response = co_await service.handle(call);
    if (!response) {
        streamed.status = response.error().status();
        streamed.content = response.error().message();
        co_return;
    }
    streamed.status = response->status;
    streamed.content = response->content;
    streamed.pieces = 1;
    std::string piece;
    while (response->rest && streamed.pieces < most) {
        const Status made = co_await response->rest->next(piece);
        if (!made) {
            streamed.failure = made.error();
            co_return;
        }
        if (piece.empty()) {
            co_return;
        }
        streamed.content.append(piece);
        streamed.largest_piece = std::max(streamed.largest_piece, piece.size());
        ++streamed.pieces;
    }
}

class StreamedList : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (!ServiceKit::has(GetParam())) {
            GTEST_SKIP() << ServiceKit::lacks(GetParam());
        }
        open(R"("max_records":1000000)");
    }
    void open(const std::string& config) {
        kit_.reset();
        kit_ = std::make_unique<ServiceKit>(GetParam(), many_rows(GetParam()), config);
    }
    Call call_of_list(Parameters parameters, const std::string& table = "large") {
        Call call = call_of({.resource = "_table/" + table, .parameters = std::move(parameters)});
        call.request.may_stream = true;
        return call;
    }
    Streamed stream(const Call& call, std::size_t most = 1'000'000) {
        Streamed streamed;
        kit_->run(take(kit_->service(), call, most, streamed));
        return streamed;
    }
    /// The same call, answered in pieces and as a whole.
    void expect_same(const Parameters& parameters) {
        const Streamed streamed = stream(call_of_list(parameters));
        const Answer whole = kit_->get("_table/large", parameters);
        EXPECT_EQ(streamed.status, 200);
        EXPECT_EQ(whole.status, 200);
        EXPECT_GT(streamed.pieces, 1U);
        EXPECT_EQ(streamed.content, whole.body);
    }

    std::unique_ptr<ServiceKit> kit_;
};

TEST_P(StreamedList, HasTheBytesOfAWholeAnswer) {
    expect_same({{"limit", "100000"}});
    expect_same({{"limit", "4999"}, {"order", "m desc, n"}});
    expect_same({{"limit", "5000"}, {"offset", "10"}, {"include_count", "true"}});
    expect_same({{"limit", "3000"}, {"filter", "m > 100"}, {"include_schema", "true"}});
    expect_same({{"limit", "2000"}, {"fields", "m"}, {"group", "n"}});
}

TEST_P(StreamedList, TellsWhereTheNextPageBeginsWhenItIsCut) {
    open(R"("max_records":1500)");
    const Streamed streamed = stream(call_of_list({}));
    EXPECT_THAT(streamed.content, EndsWith(R"(],"meta":{"count":5000,"next":1500}})"));
    EXPECT_GT(streamed.pieces, 1U);
    expect_same({});
    expect_same({{"offset", "3500"}});
}

TEST_P(StreamedList, IsWholeWhenItFitsIntoOnePiece) {
    const Streamed few = stream(call_of_list({{"limit", "2000"}, {"filter", "n <= 3"}}));
    EXPECT_EQ(few.content, R"({"resource":[{"n":1,"m":7},{"n":2,"m":14},{"n":3,"m":21}]})");
    EXPECT_EQ(few.pieces, 1U);
    const Streamed none = stream(call_of_list({{"limit", "2000"}, {"filter", "n < 0"}}));
    EXPECT_EQ(none.content, R"({"resource":[]})");
}

TEST_P(StreamedList, FaultsBeforeTheFirstPieceAreErrors) {
    EXPECT_EQ(stream(call_of_list({{"limit", "2000"}, {"fields", "nothing"}})).status, 400);
    kit_->execute("DROP VIEW broken");
    EXPECT_EQ(stream(call_of_list({{"limit", "2000"}}, "broken")).status, 404);
}

TEST_P(StreamedList, AFaultAmongTheRowsIsToldBetweenThePieces) {
    const Streamed broken = stream(call_of_list({{"limit", "5000"}, {"order", "n"}}, "broken"));
    EXPECT_EQ(broken.status, 200);
    ASSERT_TRUE(broken.failure);
    EXPECT_FALSE(broken.content.ends_with("]}"));
    EXPECT_THAT(broken.content, HasSubstr(R"({"n":1,)"));
    expect_same({{"limit", "5000"}});  // whatever it left behind is not met by the next
}

TEST_P(StreamedList, WhoGoesAwayLeavesRoomForOthers) {
    for (std::size_t i = 0; i < 20; ++i) {
        const Streamed begun = stream(call_of_list({{"limit", "5000"}}), 1 + i % 3U);
        ASSERT_EQ(begun.status, 200) << begun.content;
    }
    expect_same({{"limit", "5000"}});
}

TEST_P(StreamedList, PiecesStayWithinWhatAnAnswerMayHave) {
    open(R"("max_records":1000000,"max_answer_bytes":20000)");
    const Streamed streamed = stream(call_of_list({{"limit", "5000"}, {"order", "n"}}));
    EXPECT_FALSE(streamed.failure) << streamed.failure->message();
    EXPECT_THAT(streamed.content, EndsWith(R"({"n":5000,"m":0}]})"));
}

TEST_P(StreamedList, RowsMayGrowOnTheWay) {
    const std::string note =
        GetParam() == "sqlite"     ? "CASE WHEN n < 2000 THEN 'x' ELSE hex(zeroblob(20000)) END"
        : GetParam() == "postgres" ? "CASE WHEN n < 2000 THEN 'x' ELSE repeat('0', 40000) END"
                                   : "IF(n < 2000, 'x', REPEAT('0', 40000))";
    kit_->execute("CREATE VIEW growing AS SELECT n, " + note + " AS note FROM large");
    const Streamed streamed = stream(call_of_list({{"limit", "4000"}, {"order", "n"}}, "growing"));
    EXPECT_FALSE(streamed.failure) << streamed.failure->message();
    EXPECT_GT(streamed.content.size(), 80'000'000U);
    EXPECT_LT(streamed.largest_piece, 48UL * 1024 * 1024);
}

TEST_P(StreamedList, WhatIsReadToItsLimitCostsNoConnection) {
    if (GetParam() == "sqlite") {
        GTEST_SKIP() << "opens files, not connections";
    }
    open(R"("max_records":4000)");
    kit_->execute("CREATE VIEW whose AS SELECT n, " +
                  std::string(GetParam() == "postgres" ? "pg_backend_pid()" : "connection_id()") +
                  " AS id FROM large");
    std::set<std::string> connections;
    for (const char* limit : {"2000", "2001", "4000", "5000", "100000"}) {
        const Streamed streamed = stream(call_of_list({{"limit", limit}}, "whose"));
        EXPECT_GT(streamed.pieces, 1U);
        connections.insert(streamed.content.substr(0, streamed.content.find('}')));
    }
    EXPECT_EQ(connections.size(), 1U) << ::testing::PrintToString(connections);
}

TEST_P(StreamedList, RowsAreThoseOfOneMoment) {
    const Call call = call_of_list({{"limit", "5000"}, {"order", "n"}});
    Streamed streamed;
    std::string piece;
    const auto write_between = [this] { kit_->execute("UPDATE large SET m = -1"); };
    const auto both = [](Service& service, const Call& asked, auto between,
                         std::string& all) -> Task<void> {
        auto response = co_await service.handle(asked);
        all = response->content;
        between();
        std::string next;
        while (response->rest && co_await response->rest->next(next) && !next.empty()) {
            all.append(next);
        }
    };
    kit_->run(both(kit_->service(), call, write_between, piece));
    EXPECT_THAT(piece, EndsWith("]}"));
    EXPECT_EQ(piece.find("-1"), std::string::npos);
    EXPECT_THAT(kit_->get("_table/large", {{"limit", "1"}}).body, HasSubstr("-1"));
}

TEST_P(StreamedList, ManyAtATimeWaitForTheirTurn) {
    std::vector<Response> open;
    std::optional<Error> refused;
    const auto open_many = [](Service& service, Call call, std::vector<Response>& held,
                              std::optional<Error>& failure) -> Task<void> {
        while (held.size() < 50 && !failure) {
            call.request.origin.deadline = Deadline::after(std::chrono::milliseconds(500));
            auto response = co_await service.handle(call);
            if (response) {
                held.push_back(std::move(*response));
            } else {
                failure = response.error();
            }
        }
    };
    kit_->run(open_many(kit_->service(), call_of_list({{"limit", "5000"}}), open, refused));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->kind(), ErrorKind::ServiceUnavailable) << refused->message();
    EXPECT_GE(open.size(), 2U);
    EXPECT_EQ(kit_->get("_table/large", {{"limit", "1"}}).status, 200);  // pages go on
    open.clear();
    expect_same({{"limit", "5000"}});
}

INSTANTIATE_TEST_SUITE_P(OnEveryDatabase,
                         StreamedList,
                         ::testing::Values("sqlite", "postgres", "mysql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice::services::sql
