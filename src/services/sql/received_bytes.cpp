// A file of its own: the kernel's header, which knows more, and the C library's exclude each other.
#include "services/sql/received_bytes.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace sluice::services::sql {

std::optional<std::uint64_t> received_bytes(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
        return std::nullopt;
    }
    return info.tcpi_bytes_received;
}

}  // namespace sluice::services::sql
