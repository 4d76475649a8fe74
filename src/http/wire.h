#pragma once
/// The bytes of one connection, plain or encrypted.

#include <memory>
#include <span>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "core/task.h"
#include "http/tls.h"

namespace sluice::http {

/// Shape:   what a call is given must live until it is done; one read and one write at a time.
/// Threads: one shard.
class Wire {
public:
    virtual ~Wire() = default;
    Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// Agrees on the encryption, where there is one. False when that failed.
    virtual Task<bool> open() = 0;
    /// What has come, at most as much as `room` holds.
    virtual Task<std::size_t> read(std::span<char> room, boost::system::error_code& failed) = 0;
    /// Some of `head` and, behind it, of `body`.
    virtual Task<std::size_t> write(std::string_view head,
                                    std::string_view body,
                                    boost::system::error_code& failed) = 0;
    /// Bytes written that the client's side has not acknowledged yet.
    virtual std::size_t unacknowledged() = 0;
    /// Tells a client that may still be sending that no more comes from here.
    virtual void end_sending() = 0;
    /// The last thing said.
    virtual Task<void> close() = 0;

    /// Ends the wait for the socket, if there is one; it fails.
    virtual void interrupt() = 0;
    /// Closes the socket without a word.
    virtual void drop() = 0;
};

/// Takes the connected, non-blocking socket over. Without `tls` the bytes are plain.
std::unique_ptr<Wire> make_wire(Executor shard,
                                int descriptor,
                                bool is_ipv6,
                                const TlsContext& tls);

}  // namespace sluice::http
