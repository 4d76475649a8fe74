#include "script_text.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace sluice::php {
namespace {

TEST(FileText, AddsAnOpeningTag) {
    EXPECT_EQ(file_text("return 1;"), "<?php return 1;");
    EXPECT_EQ(file_text(""), "<?php ");
}

TEST(FileText, KeepsAnOpeningTagOnce) {
    EXPECT_EQ(file_text("<?php\nreturn 1;"), "<?php \nreturn 1;");
    EXPECT_EQ(file_text("<?PHP return 1;"), "<?php  return 1;");
    EXPECT_EQ(file_text("<? return 1;"), "<?php  return 1;");
    EXPECT_EQ(file_text("\xef\xbb\xbf<?php return 1;"), "<?php  return 1;");
}

TEST(FileText, DropsAClosingTagAtTheEnd) {
    EXPECT_EQ(file_text("<?php return 1 ?>\n\n"), "<?php  return 1 \n;");
}

TEST(FileText, LeavesATagInTheMiddle) {
    EXPECT_EQ(file_text("$a; ?> text <?php $b;"), "<?php $a; ?> text <?php $b;");
}

TEST(FileText, KeepsLineNumbers) {
    for (const std::string_view text : {"\n\n<?php\n$a;\n", "$a;\n$b;\n", "\n  \n$x;\n?>"}) {
        const std::string file = file_text(text);
        const std::size_t at = text.find('$');
        const auto lines_before =
            std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
        const auto found =
            std::count(file.begin(), file.begin() + static_cast<long>(file.find('$')), '\n');
        EXPECT_EQ(found, lines_before) << text;
    }
}

TEST(Reads, AreNoneForAScriptThatLooksAtNothing) {
    const Reads reads = reads_of("$a = 1; return $a;");
    EXPECT_FALSE(reads.payload || reads.content || reads.headers || reads.parameters);
    EXPECT_FALSE(reads.response_content || reads.response_headers);
    EXPECT_FALSE(reads.session || reads.config || reads.form || reads.query || reads.cookies);
    EXPECT_FALSE(reads.signals);
}

TEST(Reads, NameWhatLiteralsName) {
    const Reads reads = reads_of(
        "$p = $event['request'][\"payload\"]['resource'];\n"
        "$event [ 'response' ]['content']['x'] = $platform['session']['user']['id'];");
    EXPECT_TRUE(reads.payload);
    EXPECT_TRUE(reads.response_content);
    EXPECT_TRUE(reads.session);
    EXPECT_FALSE(reads.content || reads.headers || reads.parameters || reads.response_headers);
    EXPECT_FALSE(reads.config);
}

TEST(Reads, AreAllForTheEventAsAWhole) {
    for (const std::string_view text :
         {"return $event;", "$r = $event['request'];", "f($event['request'][$name]);",
          "foreach ($event as $k => $v) {}", "$event['response'] = ['content' => 1];",
          "return \"$event[request]\";", "function f() { global $event; }",
          "return $GLOBALS['event'];", "$n = 'even' . 't'; return $$n;", "return ${'even' . 't'};",
          "extract(['x' => 1]);", "require_once 'x.php';", "eval($code);",
          "// the event handler"}) {
        const Reads reads = reads_of(text);
        EXPECT_TRUE(reads.payload && reads.content && reads.headers && reads.parameters) << text;
        EXPECT_TRUE(reads.response_content && reads.response_headers) << text;
    }
}

TEST(Reads, AreAllOfThePlatformAsAWhole) {
    const Reads reads = reads_of("return json_encode($platform);");
    EXPECT_TRUE(reads.session && reads.config);
    EXPECT_FALSE(reads.payload);
    EXPECT_FALSE(reads_of("$platform['api']->get('x');").session);
}

TEST(Reads, KnowTheSuperglobals) {
    EXPECT_TRUE(reads_of("return $_GET['x'];").query);
    EXPECT_TRUE(reads_of("return $_POST;").form);
    const Reads request = reads_of("return $_REQUEST;");
    EXPECT_TRUE(request.query && request.form);
    EXPECT_TRUE(reads_of("return $_COOKIE;").cookies);
    EXPECT_TRUE(reads_of("pcntl_signal(SIGALRM, SIG_IGN);").signals);
}

}  // namespace
}  // namespace sluice::php
