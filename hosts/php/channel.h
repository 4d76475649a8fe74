#pragma once
/// Descriptor 3: whole frames in, coalesced bytes out. Blocking; one thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "frame.h"

namespace sluice::php {

/// What waiting for a frame came to.
enum class Received { Frame, Interrupted, Closed };

class Channel {
public:
    explicit Channel(int descriptor);

    /// Waits for the next frame; flushes before it waits. Closed: end of file, or bytes that are
    /// no frame. Interrupted: `stop` became true while waiting (asked after each signal).
    Received next(Frame& frame, const std::function<bool()>& stop);
    Received next(Frame& frame);

    /// Queued for the next flush. False when the frame would be larger than the protocol allows.
    bool send(char type, std::string_view head, const std::vector<Part>& parts = {});
    /// False when the other side is gone.
    bool flush();
    /// What the next flush sends.
    std::string_view held() const { return out_; }

private:
    Received fill(const std::function<bool()>* stop);

    std::string take(std::size_t size);

    int descriptor_;
    std::unique_ptr<char[]> chunk_;  ///< what one read fills
    std::string in_;
    std::size_t in_at_ = 0;
    std::string out_;
};

}  // namespace sluice::php
