#include "services/sql/odbc/connection.h"

#include <exception>
#include <utility>

namespace sluice::services::sql {
namespace {

void run(OdbcLink& link, OdbcWork& work) {
    try {
        link.run(work);
    } catch (const std::exception& thrown) {  // out of memory: the driver is in the middle
        work.failure = Error(ErrorKind::ServiceUnavailable, "The database went away.")
                           .with_detail(thrown.what());
        work.is_lost = true;
    }
}

}  // namespace

void OdbcConnection::send(const OdbcCommandRef& command) {
    if (!is_at_rest()) {
        command->work.failure =
            Error(ErrorKind::ServiceUnavailable, "The database went away.");
        command->is_over = true;
        command->done.set();
        return;
    }
    running_ = command;
    last_use_ = Deadline::Clock::now();
    thread_->post([under_way = command, link = link_, door = door_]() mutable {
        run(*link, under_way->work);
        link.reset();
        door->post([command = std::move(under_way)] {
            command->is_over = true;
            command->done.set();
        });
    });
}

void OdbcConnection::close() {
    is_broken_ = true;
    if (thread_) {
        // Saying good-bye may block, too: the last to hold the link shall be its thread.
        thread_->post([link = std::exchange(link_, nullptr),
                       counted = std::exchange(counted_, nullptr)] {});
        std::exchange(thread_, nullptr)->end();
    }
}

}  // namespace sluice::services::sql
