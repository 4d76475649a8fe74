#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "engine.h"

namespace sluice::sandbox {

namespace {

/// What to say when memory is gone: nothing may be allocated any more, then.
struct LastWords {
    Connection* connection = nullptr;
    std::optional<double> run;
    std::int64_t memory_bytes = 0;
};

LastWords last_words;  // one isolate runs at a time, in one thread

/// A done frame. Shape: its size in bytes.
std::size_t write_frame(char* frame, std::size_t capacity) {
    constexpr std::size_t kStart = 9;
    const int head =
        std::snprintf(frame + kStart, capacity - kStart,
                      R"({"run":%lld,"error":{"message":"The script used more than its %lld MB of )"
                      R"(memory.","limit":"memory"},"retire":"out of memory"})",
                      static_cast<long long>(*last_words.run),
                      static_cast<long long>(last_words.memory_bytes >> 20));
    const auto head_size = static_cast<std::uint32_t>(head);
    const std::uint32_t total = head_size + 5;
    std::memcpy(frame, &total, sizeof total);
    frame[4] = 'D';
    std::memcpy(frame + 5, &head_size, sizeof head_size);
    return kStart + head_size;
}

template <class Details>
void on_out_of_memory(const char* /*where*/, Details /*details*/) {
    if (last_words.connection != nullptr && last_words.connection->flush() && last_words.run) {
        char frame[256];
        const std::size_t size = write_frame(frame, sizeof frame);
        [[maybe_unused]] const ssize_t put =
            ::write(last_words.connection->descriptor(), frame, size);
    }
    _exit(70);
}

}  // namespace

void set_last_words(v8::Isolate* isolate) {
    isolate->SetOOMErrorHandler(on_out_of_memory);
}

void prepare_last_words(Connection* connection,
                        std::optional<double> run,
                        std::int64_t memory_bytes) {
    last_words = {connection, run, memory_bytes};
}

}  // namespace sluice::sandbox
