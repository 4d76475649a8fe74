#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "app/serve.h"
#include "app/status.h"

namespace {

using Arguments = std::vector<std::string>;

struct Command {
    std::string_view name;
    std::string_view help;
    int (*run)(const Arguments& arguments);
};

int run_serve(const Arguments& arguments) {
    const auto options = sluice::app::read_options(arguments, sluice::app::environment_variable);
    if (!options) {
        std::fprintf(stderr, "sluice: %s\n", options.error().message().c_str());
        return 2;
    }
    return sluice::app::serve(*options);
}

int run_version(const Arguments&) {
    std::printf("sluice %s\n", std::string(sluice::app::kVersion).c_str());
    return 0;
}

int run_help(const Arguments& arguments);

constexpr std::array kCommands{
    Command{"serve", "serve the API; 'sluice help serve' lists its flags", run_serve},
    Command{"version", "print the version", run_version},
    Command{"help", "print this", run_help},
};

int run_help(const Arguments& arguments) {
    if (!arguments.empty() && arguments.front() == "serve") {
        std::fputs(sluice::app::options_help().c_str(), stdout);
        return 0;
    }
    std::printf("usage: sluice COMMAND [argument...]\n\n");
    for (const Command& command : kCommands) {
        std::printf("  %-10s%s\n", std::string(command.name).c_str(),
                    std::string(command.help).c_str());
    }
    return 0;
}

/// What everybody tries first, wherever it stands.
bool asks_for_help(const std::string& argument) {
    return argument == "--help" || argument == "-h";
}

}  // namespace

int main(int argc, char** argv) {
    std::string name = argc > 1 ? argv[1] : "help";
    Arguments arguments(argv + (argc > 1 ? 2 : 1), argv + argc);
    if (asks_for_help(name)) {
        name = "help";
    } else if (name == "--version") {
        name = "version";
    } else if (std::ranges::any_of(arguments, asks_for_help)) {
        arguments = {std::exchange(name, "help")};
    }
    for (const Command& command : kCommands) {
        if (command.name == name) {
            return command.run(arguments);
        }
    }
    std::fprintf(stderr, "sluice: there is no command '%s'; 'sluice help' lists them.\n",
                 name.c_str());
    return 2;
}
