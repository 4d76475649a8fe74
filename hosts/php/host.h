#pragma once
/// The host's loop: frames in, runs, frames out.

#include <chrono>
#include <deque>
#include <string>
#include <unordered_map>

#include "channel.h"
#include "leftovers.h"
#include "origin.h"
#include "run.h"
#include "script_file.h"
#include "shared_objects.h"

namespace sluice::php {

class Host {
public:
    explicit Host(int descriptor);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// Until the other side closes the connection or sends what is no frame.
    void serve();

private:
    /// A script and how long its last run took: behind a slow one no reply is held back.
    struct Loaded {
        Script script;
        ScriptFile file;
        bool is_quick = false;
    };

    bool handle(Frame& frame);
    void setup(const Frame& frame);
    void load(const Frame& frame);
    void run(Frame& frame);
    /// Sees to it that the file is what was loaded. False when it cannot be.
    bool mend(Loaded& loaded);
    /// Compiles a text, keeps nothing, runs nothing.
    void check(Frame& frame);
    void refuse(std::int64_t run);
    void finish(Run& run, std::chrono::microseconds took);
    /// Why this process should be replaced after a run that took so long, or empty.
    std::string reason_to_retire(std::chrono::microseconds took);

    Channel channel_;
    std::string folder_;  ///< of the scripts' files, for nobody else
    int home_ = -1;       ///< the working directory that each run starts in
    std::string config_ = "{}";
    std::unordered_map<std::string, Loaded> scripts_;
    std::deque<Frame> waiting_;
    SharedObjects shared_objects_;
    Leftovers leftovers_;
    Origins origins_;
    std::int64_t runs_ = 0;
    std::int64_t first_resident_ = 0;
    /// A script is missing because there was no room for its file, or no folder.
    bool cannot_write_ = false;
    std::string retire_;
};

}  // namespace sluice::php
