#include "script/host_kinds.h"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

namespace sluice::script {
namespace {

// A sanitizer reserves terabytes of address space: a host that was built with one cannot start
// under a limit of its process. Its engine's own limit still holds.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLUICE_IS_SANITIZED true
#elif defined(__has_feature)
#define SLUICE_IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SLUICE_IS_SANITIZED false
#endif
constexpr bool kIsSanitized = SLUICE_IS_SANITIZED;

// An interpreter's path is an absolute path, or a name looked for on PATH.
std::optional<std::string> find_program(const std::string& name, const HostPlaces& places) {
    const std::optional<Account>& account = places.isolation.account;
    const auto is_program = [&account](const std::string& path) {
        std::error_code ignored;
        return access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, ignored) &&
               (!account || can_run(*account, path));
    };
    if (name.find('/') != std::string::npos) {
        return is_program(name) ? std::optional(name) : std::nullopt;
    }
    const std::string path = places.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        std::string candidate = path.substr(begin, end - begin) + "/" + name;
        if (is_program(candidate)) {
            return candidate;
        }
        begin = end + 1;
    }
    return std::nullopt;
}

std::optional<std::string> find_interpreter(const HostKind& kind,
                                            const HostPlaces& places,
                                            std::string& why) {
    const std::string who =
        places.isolation.account ? " by '" + places.isolation.account->name + "'" : "";
    for (const std::string_view variable : kind.path_variables) {
        if (const auto given = places.environment(variable); given && !given->empty()) {
            auto found = find_program(*given, places);
            if (!found) {
                why = std::string(variable) + " names '" + *given + "', which cannot be run" + who;
            }
            return found;
        }
    }
    for (const std::string_view program : kind.programs) {
        if (auto found = find_program(std::string(program), places)) {
            return found;
        }
    }
    why = "no " + std::string(kind.programs.front()) + " on PATH" +
          (who.empty() ? "" : " that can be run" + who);
    return std::nullopt;
}

// Both what the interpreter is called by and what it is: a link may lead elsewhere.
std::vector<std::string> kept_for(const std::string& interpreter, const Isolation& isolation) {
    std::error_code ignored;
    std::vector<std::string> kept;
    for (const std::filesystem::path& path : {std::filesystem::absolute(interpreter, ignored),
                                              std::filesystem::canonical(interpreter, ignored)}) {
        const auto folder = folder_to_keep(isolation, path.string());
        if (folder && std::ranges::find(kept, *folder) == kept.end()) {
            kept.push_back(*folder);
        }
    }
    return kept;
}

void add_arguments(std::vector<std::string>& program,
                   const HostKind& kind,
                   const std::string& runner,
                   int memory_mb) {
    for (const std::string_view argument : kind.arguments) {
        std::string text(argument);
        for (const auto& [mark, value] :
             {std::pair<std::string_view, std::string>{"{runner}", runner},
              {"{memory_mb}", std::to_string(memory_mb)}}) {
            if (const std::size_t at = text.find(mark); at != std::string::npos) {
                text.replace(at, mark.size(), value);
            }
        }
        program.push_back(std::move(text));
    }
}

}  // namespace

const std::vector<HostKind>& host_kinds() {
    static const std::vector<HostKind> kKinds{
        {"nodejs",
         "Node.js",
         "Server-side scripts with Node.js and its packages.",
         false,
         {"SLUICE_NODEJS_PATH", "DF_NODEJS_PATH"},
         {"node", "nodejs"},
         // Before 20.10 Node asks for this flag where a text without a file may import().
         {"--max-old-space-size={memory_mb}", "--experimental-vm-modules", "{runner}"},
         "node/main.js",
         MemoryLimit::DataSize,
         400},
        {"php",
         "PHP",
         "Server-side scripts with PHP and its extensions.",
         false,
         {"SLUICE_PHP_PATH"},
         {},
         {},
         "php/sluice-php",
         MemoryLimit::DataSize,
         256},
        {"python",
         "Python 2",
         "Server-side scripts written for Python 2, run by Python 3.",
         false,
         {"SLUICE_PYTHON3_PATH", "DF_PYTHON3_PATH"},
         {"python3"},
         {"-I", "{runner}"},
         "python/main.py",
         MemoryLimit::AddressSpace,
         256},
        {"python3",
         "Python 3",
         "Server-side scripts with Python 3 and its packages.",
         false,
         {"SLUICE_PYTHON3_PATH", "DF_PYTHON3_PATH"},
         {"python3"},
         {"-I", "{runner}"},
         "python/main.py",
         MemoryLimit::AddressSpace,
         256},
        {"v8js",
         "V8 JavaScript (sandboxed)",
         "JavaScript in a sandbox: no files, no network, no processes.",
         true,
         {"SLUICE_NODEJS_PATH", "DF_NODEJS_PATH"},
         {"node", "nodejs"},
         {"--jitless", "--no-expose-wasm", "{runner}"},
         "v8/main.js",
         MemoryLimit::DataSize,
         400},
    };
    return kKinds;
}

std::optional<HostCommand> find_command(const HostKind& kind,
                                        const HostPlaces& places,
                                        int memory_mb,
                                        std::string& why) {
    const Isolation& isolation = places.isolation;
    if (isolation.is_refused) {
        why =
            "the isolation that script-isolation requires does not work here: " + isolation.missing;
        return std::nullopt;
    }
    std::error_code ignored;
    if (const std::string runner = places.hosts_folder + "/" + std::string(kind.runner);
        !std::filesystem::exists(runner, ignored)) {
        why = "'" + runner + "' is missing: the host was not built";
        return std::nullopt;
    }
    const std::string runner =
        isolation.hosts_inside(places.hosts_folder) + "/" + std::string(kind.runner);
    const bool is_ours = kind.programs.empty();
    std::vector<std::string> program{runner};
    std::vector<std::string> kept;
    if (!is_ours) {
        const auto interpreter = find_interpreter(kind, places, why);
        if (!interpreter) {
            return std::nullopt;
        }
        kept = kept_for(*interpreter, isolation);
        program = {*interpreter};
        add_arguments(program, kind, runner, memory_mb);
    }
    HostCommand command{{places.hosts_folder + "/sluice-launch"}};
    std::vector<std::string>& all = command.arguments;
    const std::vector<std::string> options =
        launch_options(isolation, places.hosts_folder, !kind.is_sandboxed, kept);
    all.insert(all.end(), options.begin(), options.end());
    if (!is_ours || !kIsSanitized) {
        const bool is_data = kind.memory_limit == MemoryLimit::DataSize;
        all.insert(all.end(), {is_data ? "--data-mb" : "--space-mb",
                               std::to_string(memory_mb + kind.overhead_mb)});
    }
    all.insert(all.end(), {"--files", "1024", "--"});
    all.insert(all.end(), program.begin(), program.end());
    return command;
}

}  // namespace sluice::script
