#include "pipeline/csv_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "core/content_stream.h"

namespace sluice::pipeline {
namespace {

class Pieces : public ContentStream {
public:
    explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

    Task<Status> next(std::string& piece) override {
        piece = at_ < pieces_.size() ? pieces_[at_++] : "";
        if (piece == "fails") {
            co_return fail(ErrorKind::Internal, "It fails.");
        }
        co_return Status();
    }

private:
    std::vector<std::string> pieces_;
    std::size_t at_ = 0;
};

struct Taken {
    std::string csv;
    bool has_failed = false;
};

Task<void> take(Response& response, Taken& taken) {
    taken.csv = response.content;
    std::string piece;
    do {
        const Status made = co_await response.rest->next(piece);
        taken.has_failed = !made;
        taken.csv.append(made ? piece : "");
    } while (!taken.has_failed && !piece.empty());
}

Taken csv_of(std::string content, std::vector<std::string> pieces) {
    Response response = Response::json(std::move(content));
    response.rest = std::make_shared<Pieces>(std::move(pieces));
    EXPECT_TRUE(stream_csv(response));
    Taken taken;
    boost::asio::io_context loop(1);
    boost::asio::co_spawn(loop, take(response, taken), boost::asio::detached);
    loop.run();
    return taken;
}

constexpr const char* kStart = R"({"resource":[{"id":1,"name":"one"},{"id":2,"name":"two"})";
constexpr const char* kRows = "id,name\n1,one\n2,two\n";

TEST(CsvStream, HasOneHeader) {
    const Taken taken =
        csv_of(kStart, {R"(,{"id":3,"name":"],}"})", R"(,{"id":4,"name":null})", "]}"});
    EXPECT_EQ(taken.csv, std::string(kRows) + "3,\"],}\"\n4,\n");
    EXPECT_FALSE(taken.has_failed);
}

TEST(CsvStream, TheLastRecordsMayComeWithTheEnd) {
    const Taken taken =
        csv_of(kStart, {R"(,{"id":3,"name":"x"}],"meta":{"schema":[{"id":9}],"count":3}})"});
    EXPECT_EQ(taken.csv, std::string(kRows) + "3,x\n");
}

TEST(CsvStream, AFaultIsPassedOn) {
    const Taken taken = csv_of(kStart, {"fails"});
    EXPECT_EQ(taken.csv, kRows);
    EXPECT_TRUE(taken.has_failed);
}

TEST(CsvStream, ARecordWithOtherFieldsIsAFault) {
    EXPECT_TRUE(csv_of(kStart, {R"(,{"id":3,"other":"x"}])"}).has_failed);
}

}  // namespace
}  // namespace sluice::pipeline
