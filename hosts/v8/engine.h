#pragma once
/// One V8 isolate of our own with one context, in which the JavaScript of this host and all scripts
/// run. An engine that was interrupted is thrown away; making a new one takes about ten
/// milliseconds.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <node.h>
#include <v8.h>

#include "buffer_budget.h"
#include "frames.h"
#include "watchdog.h"

namespace sluice::sandbox {

/// V8 cannot do with less; a smaller limit is taken for this one.
constexpr std::int64_t kLeastMemoryBytes = std::int64_t{16} << 20;

/// What an engine needs of its host.
class Server {
public:
    virtual ~Server() = default;
    virtual Connection& connection() = 0;
    virtual Watchdog& watchdog() = 0;
    /// The next reply frame; other frames wait. Nothing at `deadline`. Does not return at end of
    /// file.
    virtual std::optional<Frame> next_reply(Clock::time_point deadline) = 0;
    /// Loads `frame` again into the engines to come, until forget().
    virtual void keep(const std::string& hash, const Frame& frame) = 0;
    virtual void forget(const std::string& hash) = 0;
};

/// Threads: one. Everything that is public is called outside of the isolate.
class Engine {
public:
    /// Units: `memory_bytes` is shared out to the heap (three quarters) and to buffers.
    Engine(Server& server,
           node::MultiIsolatePlatform* platform,
           uv_loop_s* loop,
           std::int64_t memory_bytes);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    enum class After {
        Fine,
        /// Was interrupted, or could not be cleaned: replace it.
        Spent,
        /// The frame was none: end the connection.
        Broken,
    };
    /// Works on one frame; every run is answered when this returns, interrupted ones too.
    After handle(const Frame& frame);

    // For the functions in native.cpp, called from inside the isolate.
    static Engine& of(v8::Isolate* isolate) {
        return *static_cast<Engine*>(isolate->GetData(kSlot));
    }
    Server& server() { return server_; }
    const Frame& frame(std::uint32_t index) const { return *frames_.at(index); }
    std::uint32_t add_reply(Frame reply);
    /// Starts the limits of `run`. Of `memory_bytes`, only what is below the engine's own counts.
    void arm(double run, std::int64_t wall_ms, std::int64_t memory_bytes);
    void disarm();
    Clock::time_point deadline() const { return deadline_; }
    bool answer(std::string_view head, const std::vector<Part>& parts);
    void spend() { is_spent_ = true; }

    /// A promise rejected without a handler, and its reason.
    struct Rejection {
        v8::Global<v8::Promise> promise;
        v8::Global<v8::Value> reason;
    };
    std::vector<Rejection> rejections;

private:
    static constexpr std::uint32_t kSlot = 1;
    static std::size_t near_heap_limit(void* engine, std::size_t now, std::size_t first);
    void make_isolate(uv_loop_s* loop);
    void make_context();
    void run_prelude(v8::Local<v8::Context> context);
    void narrow_memory(std::int64_t memory_bytes);
    void widen_memory();
    void answer_interrupted();
    const char* interruption() const;

    Server& server_;
    node::MultiIsolatePlatform* platform_;
    std::int64_t memory_bytes_;
    std::unique_ptr<BufferBudget> buffers_;
    v8::Isolate* isolate_ = nullptr;
    v8::Global<v8::Context> context_;
    v8::Global<v8::Function> handle_;
    std::vector<const Frame*> frames_;
    std::vector<std::unique_ptr<Frame>> replies_;
    std::optional<double> open_run_;
    std::int64_t wall_ms_ = 0;
    /// Of the open run: memory_bytes_, or less.
    std::int64_t run_bytes_;
    Clock::time_point deadline_;
    bool is_late_ = false;
    bool is_out_of_memory_ = false;
    bool is_spent_ = false;
    std::uint32_t handled_ = 0;
};

/// The object of functions that the prelude is given. In native.cpp.
v8::Local<v8::Object> make_native(v8::Isolate* isolate, v8::Local<v8::Context> context);

/// Answers the open run and ends the process: V8 calls this when memory is gone for good. In
/// last_words.cpp.
void set_last_words(v8::Isolate* isolate);
void prepare_last_words(Connection* connection,
                        std::optional<double> run,
                        std::int64_t memory_bytes);

}  // namespace sluice::sandbox
