#pragma once
/// Memory for ArrayBuffers, up to a budget: V8's heap limit does not count it.

#include <atomic>
#include <cstdlib>

#include <v8.h>

namespace sluice::sandbox {

/// Threads: any; V8 frees buffers from its own threads.
class BufferBudget : public v8::ArrayBuffer::Allocator {
public:
    explicit BufferBudget(std::size_t bytes) : most_(bytes) {}

    /// What there is beyond the new limit stays; only new buffers are refused.
    void limit(std::size_t bytes) { most_ = bytes; }

    void* Allocate(std::size_t bytes) override {
        return take(bytes) ? given(std::calloc(bytes == 0 ? 1 : bytes, 1), bytes) : nullptr;
    }

    void* AllocateUninitialized(std::size_t bytes) override { return Allocate(bytes); }

    void Free(void* data, std::size_t bytes) override {
        std::free(data);
        used_ -= bytes;
    }

private:
    bool take(std::size_t bytes) {
        const std::size_t most = most_;
        if (bytes > most) {
            return false;
        }
        if (used_.fetch_add(bytes) + bytes > most) {
            used_ -= bytes;
            return false;
        }
        return true;
    }

    void* given(void* data, std::size_t bytes) {
        if (data == nullptr) {
            used_ -= bytes;
        }
        return data;
    }

    std::atomic<std::size_t> most_;
    std::atomic<std::size_t> used_{0};
};

}  // namespace sluice::sandbox
