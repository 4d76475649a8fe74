#pragma once
/// For this room's tests of converted streams: a list in pieces, and what a client gets of it.

#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "core/content_stream.h"
#include "core/response.h"

namespace sluice::pipeline::testing {

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
    std::string text;
    bool has_failed = false;
};

inline Task<void> take(Response& response, Taken& taken) {
    taken.text = response.content;
    std::string piece;
    do {
        const Status made = co_await response.rest->next(piece);
        taken.has_failed = !made;
        taken.text.append(made ? piece : "");
    } while (!taken.has_failed && !piece.empty());
}

/// All of a list that begins with `content`, through `convert`, which must take it.
inline Taken taken_of(std::string content,
                      std::vector<std::string> pieces,
                      bool (*convert)(Response&)) {
    Response response = Response::json(std::move(content));
    response.rest = std::make_shared<Pieces>(std::move(pieces));
    EXPECT_TRUE(convert(response));
    Taken taken;
    boost::asio::io_context loop(1);
    boost::asio::co_spawn(loop, take(response, taken), boost::asio::detached);
    loop.run();
    return taken;
}

}  // namespace sluice::pipeline::testing
