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
        command->work->failure = Error(ErrorKind::ServiceUnavailable, "The database went away.");
        command->is_over = true;
        command->done.set();
        return;
    }
    running_ = command;
    last_use_ = Deadline::Clock::now();
    const std::uint64_t number = door_->expect([command] {
        command->is_over = true;
        command->done.set();
    });
    thread_->post([work = command->work, link = link_, door = door_, number]() mutable {
        run(*link, *work);
        link.reset();
        door->ring(number);
    });
}

void OdbcConnection::close() {
    is_broken_ = true;
    if (thread_) {
        // Saying good-bye may block, too: the last to hold the link shall be its thread.
        thread_->post([link = std::exchange(link_, nullptr),
                       counted = std::exchange(counted_, nullptr)] { link->let_go(); });
        std::exchange(thread_, nullptr)->end();
    }
}

}  // namespace sluice::services::sql
