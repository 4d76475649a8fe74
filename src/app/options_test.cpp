#include "app/options.h"

#include <cstdio>
#include <fstream>
#include <map>

#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::app {
namespace {

Environment environment(std::map<std::string, std::string, std::less<>> variables = {}) {
    return [variables = std::move(variables)](std::string_view name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

struct ConfigFile {
    explicit ConfigFile(const std::string& text)
        : path(testing::TempDir() + "sluice_options_" + std::to_string(getpid()) + ".toml") {
        std::ofstream(path) << text;
    }
    ~ConfigFile() { std::remove(path.c_str()); }
    std::string path;
};

TEST(Options, DefaultsServeOnLoopbackFromVar) {
    const auto options = read_options({}, environment());
    ASSERT_TRUE(options);
    EXPECT_EQ(options->address, "127.0.0.1");
    EXPECT_EQ(options->port, 8080);
    EXPECT_EQ(options->system_db, "sqlite:var/system.sqlite");
}

TEST(Options, FlagBeatsEnvironmentBeatsFile) {
    const ConfigFile file("listen = \"127.0.0.1:1\"\nthreads = 3\ndata = \"from-file\"\n");
    const auto options =
        read_options({"--config", file.path, "--listen=127.0.0.1:3"},
                     environment({{"SLUICE_LISTEN", "127.0.0.1:2"}, {"SLUICE_THREADS", "4"}}));
    ASSERT_TRUE(options) << options.error().message();
    EXPECT_EQ(options->port, 3);
    EXPECT_EQ(options->threads, 4U);
    EXPECT_EQ(options->data_folder, "from-file");
}

TEST(Options, ProxiesAreTrustedByName) {
    const ConfigFile file("trusted-proxies = [\"10.0.0.0/8\", \"127.0.0.1\"]\n");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--config", file.path},
          std::vector<std::string>{"--trusted-proxies", "10.0.0.0/8, 127.0.0.1"}}) {
        const auto options = read_options(arguments, environment());
        ASSERT_TRUE(options) << options.error().message();
        EXPECT_EQ(options->trusted_proxies.client_of("10.1.1.1", "1.2.3.4"), "1.2.3.4");
        EXPECT_EQ(options->trusted_proxies.client_of("11.1.1.1", "1.2.3.4"), "11.1.1.1");
    }
    EXPECT_EQ(read_options({}, environment())->trusted_proxies.client_of("127.0.0.1", "1.2.3.4"),
              "127.0.0.1");
    const auto wrong = read_options({"--trusted-proxies=localhost"}, environment());
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message().find("'localhost'"), std::string::npos);
}

TEST(Options, SessionsEndUnlessSaidOtherwise) {
    EXPECT_FALSE(read_options({}, environment())->allows_forever_sessions);
    EXPECT_TRUE(read_options({"--allow-forever-sessions"}, environment())->allows_forever_sessions);
    EXPECT_TRUE(read_options({}, environment({{"DF_ALLOW_FOREVER_SESSIONS", "true"}}))
                    ->allows_forever_sessions);
    EXPECT_FALSE(read_options({}, environment({{"DF_ALLOW_FOREVER_SESSIONS", "true"},
                                               {"SLUICE_ALLOW_FOREVER_SESSIONS", "false"}}))
                     ->allows_forever_sessions);
    EXPECT_FALSE(read_options({}, environment({{"DF_ALLOW_FOREVER_SESSIONS", "maybe"}})));
}

TEST(Options, IsolationIsTheStrongestThatWorksUnlessSaidOtherwise) {
    const auto plain = read_options({}, environment());
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->script_isolation, script::IsolationMode::Auto);
    EXPECT_EQ(plain->script_user, "nobody");
    EXPECT_EQ(plain->config_file, "");
    const ConfigFile file("script-isolation = \"required\"\nscript-user = \"scripts\"\n");
    const auto given =
        read_options({"--config", file.path, "--script-folders", "/a,/b"}, environment());
    ASSERT_TRUE(given) << given.error().message();
    EXPECT_EQ(given->script_isolation, script::IsolationMode::Required);
    EXPECT_EQ(given->script_user, "scripts");
    EXPECT_EQ(given->script_folders, (std::vector<std::string>{"/a", "/b"}));
    EXPECT_EQ(given->config_file, file.path);
    EXPECT_FALSE(read_options({"--script-isolation", "some"}, environment()));
}

TEST(Options, AddressMayBeIPv6) {
    const auto options = read_options({"--listen", "[::1]:9000"}, environment());
    ASSERT_TRUE(options);
    EXPECT_EQ(options->address, "::1");
    EXPECT_EQ(options->port, 9000);
}

TEST(Options, NamesWhatIsWrong) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"--listen", "8080"}, "--listen: '8080' is not HOST:PORT."},
        {{"--listen", "a:70000"}, "--listen: '70000' is not a whole number from 0 to 65535."},
        {{"--threads", "two"}, "--threads: 'two' is not a whole number from 0 to 256."},
    };
    for (const auto& [arguments, message] : cases) {
        const auto options = read_options(arguments, environment());
        ASSERT_FALSE(options);
        EXPECT_EQ(options.error().message(), message);
    }
}

TEST(Options, UnknownOrIncompleteFlagsAreNamed) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--thread", "2"}, {"--data"}, {"now"}}) {
        const auto options = read_options(arguments, environment());
        ASSERT_FALSE(options);
        EXPECT_NE(options.error().message().find(arguments.front()), std::string::npos)
            << options.error().message();
    }
}

TEST(Options, FileWithAnUnknownKeyIsRefused) {
    const ConfigFile file("lisen = \"127.0.0.1:1\"\n");
    const auto options = read_options({"--config", file.path}, environment());
    ASSERT_FALSE(options);
    EXPECT_NE(options.error().message().find("key 'lisen': no such setting"), std::string::npos);
}

TEST(Options, BrokenFileNamesItsLine) {
    const ConfigFile file("data = \"x\"\nthreads = = 2\n");
    const auto options = read_options({"--config", file.path}, environment());
    ASSERT_FALSE(options);
    EXPECT_NE(options.error().message().find("line 2"), std::string::npos);
}

TEST(Options, IncumbentsNameDisablesEngines) {
    const auto options = read_options({}, environment({{"DF_SCRIPTING_DISABLE", "php,python"}}));
    ASSERT_TRUE(options);
    EXPECT_EQ(options->disabled_engines, (std::vector<std::string>{"php", "python"}));
}

TEST(Options, HelpNamesEveryFlagWithItsVariable) {
    EXPECT_NE(options_help().find("--system-db"), std::string::npos);
    EXPECT_NE(options_help().find("[SLUICE_SYSTEM_DB]"), std::string::npos);
}

}  // namespace
}  // namespace sluice::app
