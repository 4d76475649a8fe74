#include "http/connections.h"

#include <algorithm>

namespace sluice::http {

void Connections::add(Connection& connection) {
    connection.place_ = open_.size();
    open_.push_back(&connection);
}

void Connections::remove(Connection& connection) {
    open_[connection.place_] = open_.back();
    open_[connection.place_]->place_ = connection.place_;
    open_.pop_back();
}

void Connections::interrupt_late(Deadline::Clock::time_point now) {
    for (Connection* connection : open_) {
        if (connection->due_.at() <= now && !connection->is_late_) {
            connection->is_late_ = true;
            connection->interrupt();
        }
    }
}

void Connections::hurry(Deadline::Clock::time_point now) {
    for (Connection* connection : open_) {
        if (connection->phase_ == Connection::Phase::Idle) {
            connection->interrupt();
        } else if (connection->phase_ == Connection::Phase::Fresh) {
            connection->due_ = Deadline(std::min(connection->due_.at(), now + kFreshGrace));
        }
    }
}

bool Connections::interrupt_longest_idle() {
    Connection* longest = nullptr;
    for (Connection* connection : open_) {
        if (connection->phase_ == Connection::Phase::Idle && !connection->is_late_ &&
            (longest == nullptr || connection->due_.at() < longest->due_.at())) {
            longest = connection;
        }
    }
    if (longest == nullptr) {
        return false;
    }
    longest->is_late_ = true;
    longest->interrupt();
    return true;
}

void Connections::drop_all() {
    for (Connection* connection : open_) {
        connection->drop();
    }
}

}  // namespace sluice::http
