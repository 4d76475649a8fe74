#include "host.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "fault.h"
#include "last_words.h"
#include "sapi.h"

namespace sluice::php {

namespace {

constexpr std::chrono::microseconds kSlow{1000};
constexpr std::int64_t kMostRuns = 50'000;          // then a fresh process, whatever it looks like
constexpr std::int64_t kCheckEvery = 256;           // runs between looks at the memory
constexpr std::int64_t kMostGrowth = 128LL << 20U;  // resident bytes above the first look

// A child that a script forked is the script's: it must never speak to the server.
volatile bool forked = false;   // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
int descriptor_of_server = -1;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void in_child() {
    forked = true;
    close(descriptor_of_server);
}

/// Processes that a run left behind; orphans of its children come to the host (hosts/launch). Those
/// that have ended are taken off the table.
bool has_children() {
    pid_t ended = 0;
    do {
        ended = waitpid(-1, nullptr, WNOHANG);
    } while (ended > 0);
    return ended == 0;  // an error: there are none
}

std::int64_t resident_bytes() {
    std::int64_t total = 0;
    std::int64_t resident = 0;
    if (std::ifstream file("/proc/self/statm"); file >> total >> resident) {
        return resident * sysconf(_SC_PAGESIZE);
    }
    return 0;
}

std::string make_folder() {
    const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
    for (const std::string& parent :
         {std::string(home == nullptr ? "" : home), std::string("/tmp")}) {
        if (parent.empty()) {
            continue;
        }
        std::string pattern = parent + "/sluice-php-XXXXXX";
        if (mkdtemp(pattern.data()) != nullptr) {
            return pattern;
        }
    }
    return {};
}

/// Scripts are named by their content hash; anything else may not become a file name.
bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= 128 &&
           name.find_first_not_of(
               "0123456789abcdefghijklmnopqrstuvwxyz"
               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == std::string_view::npos;
}

Limits limits_of(const Frame& frame) {
    Limits limits;
    const auto* given = frame.head().if_contains("limits");
    if (given == nullptr || !given->is_object()) {
        return limits;
    }
    const auto number = [&](const char* key) {
        const auto* found = given->get_object().if_contains(key);
        return found != nullptr && found->is_int64() ? found->get_int64() : 0;
    };
    limits.wall_ms = number("wall_ms");
    limits.memory_bytes = number("memory_bytes");
    limits.output_bytes = number("output_bytes");
    limits.api_calls = number("api_calls");
    return limits;
}

}  // namespace

Host::Host(int descriptor)
    : channel_(descriptor),
      folder_(make_folder()),
      home_(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      leftovers_(descriptor, Leftovers::private_folders()) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    descriptor_of_server = descriptor;
    pthread_atfork(nullptr, nullptr, in_child);
}

Host::~Host() {
    std::error_code ignored;
    if (!folder_.empty()) {
        std::filesystem::remove_all(folder_, ignored);
    }
    if (home_ >= 0) {
        close(home_);
    }
}

void Host::serve() {
    Frame frame;
    while (true) {
        if (!waiting_.empty()) {
            frame = std::move(waiting_.front());
            waiting_.pop_front();
        } else if (channel_.next(frame) != Received::Frame) {
            return;
        }
        const bool goes_on = handle(frame);
        if (!retire_.empty()) {
            channel_.flush();  // the runs behind this one are the server's again
        }
        if (!goes_on || !retire_.empty()) {
            return;
        }
    }
}

bool Host::handle(Frame& frame) {
    switch (frame.type) {
        case 'R':
            run(frame);
            return true;
        case 'L':
            load(frame);
            return true;
        case 'K':
            check(frame);
            return true;
        case 'U':
            if (const auto found = scripts_.find(std::string(frame.text("script")));
                found != scripts_.end()) {
                found->second.file.remove();
                scripts_.erase(found);
            }
            return true;
        case 'P':
            channel_.send('P', "\"n\":" + std::to_string(frame.integer("n")));
            return true;
        case 'S':
            setup(frame);
            return true;
        case 'Y':
            return true;  // the reply to a run that has ended
        default:
            return false;
    }
}

void Host::setup(const Frame& frame) {
    if (const auto* config = frame.head().if_contains("config"); config != nullptr) {
        config_ = boost::json::serialize(*config);
    }
    std::string head = "\"protocol\":\"json1\",\"engine\":";
    append_json_text(head, frame.text("engine", "php"));
    head += ",\"version\":\"PHP ";
    head += php_version();
    head += "\",\"interrupts\":true";
    channel_.send('H', head);
}

void Host::load(const Frame& frame) {
    const std::string hash(frame.text("script"));
    const PartView* text = frame.part("text");
    if (!is_file_name(hash) || text == nullptr) {
        return;  // its runs will say that there is no such script
    }
    Loaded loaded;
    loaded.script.name = frame.text("name", "script");
    loaded.script.reads = reads_of(text->data);
    loaded.file = ScriptFile(folder_ + "/" + hash, file_text(text->data));
    if (const auto before = scripts_.find(hash); before != scripts_.end()) {
        before->second.file.remove();
        scripts_.erase(before);
    }
    if (!loaded.file.write()) {
        loaded.file.remove();
        cannot_write_ = true;
        return;
    }
    loaded.script.file = loaded.file.path();
    scripts_.insert_or_assign(hash, std::move(loaded));
}

bool Host::mend(Loaded& loaded) {
    if (loaded.file.is_untouched()) {
        return true;
    }
    retire_ = "the file of a script was changed";
    if (!loaded.file.write()) {
        return false;
    }
    loaded.script.file = loaded.file.path();
    return true;
}

void Host::check(Frame& frame) {
    const PartView* text = frame.part("text");
    Script script;
    script.name = frame.text("name", "script");
    script.file = script.name;
    script.reads = Reads{};
    Run run(channel_, frame, script);
    run.number = frame.integer("run");
    run.limits = limits_of(frame);
    const auto began = std::chrono::steady_clock::now();
    prepare_last_words(channel_, run.number);
    check_text(run, file_text(text == nullptr ? std::string_view() : text->data));
    prepare_last_words(channel_, 0);
    const auto took = std::chrono::steady_clock::now() - began;
    finish(run, std::chrono::duration_cast<std::chrono::microseconds>(took));
}

void Host::run(Frame& frame) {
    const auto found = scripts_.find(std::string(frame.text("script")));
    if (found == scripts_.end()) {
        refuse(frame.integer("run"));
        return;
    }
    Loaded& loaded = found->second;
    if (!loaded.is_quick) {
        channel_.flush();
    }
    const auto began = std::chrono::steady_clock::now();
    const bool is_mended = mend(loaded);
    Run run(channel_, frame, loaded.script);
    run.number = frame.integer("run");
    if (!is_mended) {
        run.fault.is_set = true;
        run.fault.message = "The script's file was changed.";
        finish(run, {});
        return;
    }
    run.is_service = frame.text("stage") == "api";
    run.limits = limits_of(frame);
    run.config = config_;
    run.origins = &origins_;
    run.waiting = &waiting_;
    prepare_last_words(channel_, run.number);
    run_request(run);
    prepare_last_words(channel_, 0);
    if (forked) {
        _exit(0);
    }
    origins_.clear();
    ++runs_;
    if (home_ >= 0 && fchdir(home_) != 0) {
        retire_ = "the working directory is gone";
    }
    const auto took = std::chrono::steady_clock::now() - began;
    loaded.is_quick = took < kSlow;
    finish(run, std::chrono::duration_cast<std::chrono::microseconds>(took));
}

// A run of a script that is not there.
void Host::refuse(std::int64_t run) {
    std::string head = "\"run\":" + std::to_string(run) +
                       R"(,"error":{"message":"The script was not loaded into the host."})";
    if (cannot_write_) {
        retire_ = "the file of a script could not be written";
        head += ",\"retire\":\"" + retire_ + "\"";
    }
    channel_.send('D', head);
}

void Host::finish(Run& run, std::chrono::microseconds took) {
    std::int64_t size = 0;
    for (const Part& part : run.parts) {
        size += static_cast<std::int64_t>(part.data.size());
    }
    if (!run.fault.is_set && run.limits.output_bytes > 0 && size > run.limits.output_bytes) {
        run.fault.is_set = true;
        run.fault.limit = Limit::Output;
        run.fault.message = "The script's result is larger than its limit.";
    }
    const std::string number =
        "\"run\":" + std::to_string(run.number) + ",\"us\":" + std::to_string(took.count());
    const std::string reason = reason_to_retire(took);
    const auto send = [&](std::string_view more, const std::vector<Part>& parts) {
        std::string head = number;
        head += more;
        if (!reason.empty()) {
            head += ",\"retire\":\"" + reason + "\"";
        }
        return channel_.send('D', head, parts);
    };
    if (run.fault.is_set) {
        send(",\"error\":" + error_json(run.fault), {});
    } else if (!send(run.head, run.parts)) {
        send(",\"error\":{\"message\":\"The script's result is larger than 64 MiB.\"}", {});
    }
}

std::string Host::reason_to_retire(std::chrono::microseconds took) {
    if (has_children()) {
        retire_ = "left processes behind";
    } else if (!shared_objects_.clean()) {
        retire_ = "left shared objects behind";
    } else if (std::string left = leftovers_.look(took); !left.empty()) {
        retire_ = std::move(left);
    } else if (runs_ >= kMostRuns) {
        retire_ = "it has done " + std::to_string(kMostRuns) + " runs";
    } else if (runs_ % kCheckEvery == 0) {
        const std::int64_t now = resident_bytes();
        if (first_resident_ == 0) {
            first_resident_ = now;
        } else if (now > first_resident_ + kMostGrowth) {
            retire_ = "its memory grew to " + std::to_string(now >> 20U) + " MB";
        }
    }
    return retire_;
}

}  // namespace sluice::php
