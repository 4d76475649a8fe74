#pragma once
/// The socket of a database's client library, to be waited for on a shard.

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "core/async.h"
#include "core/error.h"

namespace sluice::services::sql {

/// A descriptor of our own: the library closes its one as soon as it finds the connection lost, and
/// the number may then be another connection's, whose place in the loop would be taken away with
/// it.
struct WatchedSocket {
    WatchedSocket(Executor shard_, int descriptor) : shard(shard_), stream(shard_) {
        const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        boost::system::error_code refused;
        stream.assign(own, refused);
        if (refused && own >= 0) {
            ::close(own);  // every wait fails now, and so the connection counts as lost
        }
    }

    Executor shard;
    boost::asio::posix::basic_stream_descriptor<Executor> stream;
};

inline Error went_away() {
    return {ErrorKind::ServiceUnavailable, "The database went away."};
}

}  // namespace sluice::services::sql
