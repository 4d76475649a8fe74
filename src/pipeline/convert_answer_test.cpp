#include "pipeline/convert_answer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

namespace asio = boost::asio;

Task<void> keep(Response response, WantedAnswer wanted, Response& converted) {
    converted = co_await convert_answer(std::move(response), std::move(wanted));
}

Response convert(Response response, Format format, std::string file = {}) {
    asio::io_context io;
    Response converted;
    asio::co_spawn(io, keep(std::move(response), {format, "text/xml", std::move(file)}, converted),
                   asio::detached);
    io.run();
    return converted;
}

TEST(ConvertAnswer, JsonBecomesWhatIsWanted) {
    const Response csv = convert(Response::json(R"({"resource":[{"a":1}]})"), Format::Csv);
    EXPECT_EQ(csv.content, "a\n1\n");
    EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
    EXPECT_EQ(csv.headers.get_or("vary", ""), "Accept");
    const Response xml = convert(Response::json(R"({"a":1})"), Format::Xml);
    EXPECT_EQ(xml.content, "<?xml version=\"1.0\" ?><dfapi><a>1</a></dfapi>");
    EXPECT_EQ(xml.content_type, "text/xml");
}

TEST(ConvertAnswer, ErrorsKeepTheirStatusAndAreNotSaved) {
    const Error error(ErrorKind::NotFound, "gone");
    const Response csv = convert(Response::from(error), Format::Csv, "x.csv");
    EXPECT_EQ(csv.status, 404);
    EXPECT_EQ(csv.content, "code,context,message,status_code\n404,,gone,404\n");
    EXPECT_FALSE(csv.headers.contains("content-disposition"));
}

TEST(ConvertAnswer, OtherTypesAndNothingStayAsTheyAre) {
    Response page;
    page.content_type = "text/html";
    page.content = "<p>";
    EXPECT_EQ(convert(page, Format::Csv).content, "<p>");
    EXPECT_EQ(convert(page, Format::Csv).content_type, "text/html");
    EXPECT_EQ(convert(Response::json("", 204), Format::Xml).content, "");
    const Response saved = convert(page, Format::Json, "a.json");
    EXPECT_EQ(saved.headers.get_or("content-disposition", ""), "attachment; filename=\"a.json\";");
}

TEST(ConvertAnswer, NameThatAScriptGaveStays) {
    Response response = Response::json("{}");
    response.headers.set("content-disposition", "inline");
    EXPECT_EQ(convert(response, Format::Json, "a.json").headers.get_or("content-disposition", ""),
              "inline");
}

std::string wild_json() {
    std::string json = "[{";
    for (int i = 0; i < 2'000; ++i) {
        json += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
    }
    json += "}";
    for (int i = 0; i < 12'000; ++i) {
        json += ",{}";
    }
    return json + "]";
}

TEST(ConvertAnswer, WhatCannotBeIs406ButForErrors) {
    EXPECT_EQ(convert(Response::json(wild_json()), Format::Csv).status, 406);
    const Response error =
        convert(Response::json("{\"error\":" + wild_json() + "}", 400), Format::Csv);
    EXPECT_EQ(error.status, 400);
    EXPECT_TRUE(error.is_json());
}

void count_turns(asio::io_context& io, const bool& is_done, int& turns) {
    if (!is_done) {
        ++turns;
        asio::post(io, [&io, &is_done, &turns] { count_turns(io, is_done, turns); });
    }
}

Task<void> convert_long(std::string json, bool& is_done) {
    static_cast<void>(
        co_await convert_answer(Response::json(std::move(json)), {Format::Csv, {}, {}}));
    is_done = true;
}

TEST(ConvertAnswer, OthersGetTheirTurn) {
    std::string json = "[{\"a\":0}";
    while (json.size() < 1'100'000) {
        json += ",{\"a\":12345678901234567890}";
    }
    asio::io_context io;
    bool is_done = false;
    int turns = 0;
    asio::co_spawn(io, convert_long(json + "]", is_done), asio::detached);
    count_turns(io, is_done, turns);
    io.run();
    EXPECT_TRUE(is_done);
    EXPECT_GE(turns, 4);
}

}  // namespace
}  // namespace sluice::pipeline
