#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "engine.h"

namespace sluice::sandbox {

namespace {

/// A done frame, written in advance: when memory is gone nothing may be allocated any more.
struct LastWords {
    Connection* connection = nullptr;
    char frame[256];
    std::size_t size = 0;
    bool is_needed = false;
};

LastWords last_words;  // one isolate runs at a time, in one thread

template <class Details>
void on_out_of_memory(const char* /*where*/, Details /*details*/) {
    if (last_words.connection != nullptr && last_words.connection->flush() && last_words.is_needed) {
        [[maybe_unused]] const ssize_t put = ::write(3, last_words.frame, last_words.size);
    }
    _exit(70);
}

}  // namespace

void set_last_words(v8::Isolate* isolate) {
    isolate->SetOOMErrorHandler(on_out_of_memory);
}

void prepare_last_words(Connection* connection, std::optional<double> run, std::int64_t memory_bytes) {
    last_words.connection = connection;
    last_words.is_needed = run.has_value();
    if (!run) {
        return;
    }
    constexpr std::size_t kStart = 9;
    const int head = std::snprintf(
        last_words.frame + kStart, sizeof last_words.frame - kStart,
        R"({"run":%.0f,"error":{"message":"The script used more than its %lld MB of memory.",)"
        R"("limit":"memory"},"retire":"out of memory"})",
        *run, static_cast<long long>(memory_bytes >> 20));
    const auto head_size = static_cast<std::uint32_t>(head);
    const std::uint32_t total = head_size + 5;
    std::memcpy(last_words.frame, &total, sizeof total);
    last_words.frame[4] = 'D';
    std::memcpy(last_words.frame + 5, &head_size, sizeof head_size);
    last_words.size = kStart + head_size;
}

}  // namespace sluice::sandbox
