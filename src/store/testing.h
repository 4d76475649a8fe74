#pragma once
/// What tests of the rooms above need: a throw-away store, and a shard to await things on.
/// Included by tests only.

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "store/store.h"

namespace sluice::store::testing {

inline RoleRow role_named(std::string name) {
    RoleRow row;
    row.name = std::move(name);
    return row;
}

inline ServiceRow service_named(std::string name, std::string type = "sqlite") {
    ServiceRow row;
    row.name = std::move(name);
    row.type = std::move(type);
    return row;
}

/// A folder of its own, removed at the end.
class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "sluice_test_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        path_ = name;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// Runs a task to its end on a shard of its own and gives its value.
template <typename T>
T await(Task<T> task) {
    boost::asio::io_context shard;
    std::optional<T> value;
    std::exception_ptr failure;
    boost::asio::co_spawn(shard.get_executor(), std::move(task),
                          [&](std::exception_ptr thrown, auto result) {
                              failure = thrown;
                              if (!thrown) {
                                  value.emplace(std::move(result));
                              }
                          });
    shard.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
    return std::move(value).value();
}

/// Runs tasks side by side on one shard; their values in the order of the tasks.
template <typename T>
std::vector<T> await_all(std::vector<Task<T>> tasks) {
    boost::asio::io_context shard;
    std::vector<std::optional<T>> values(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        boost::asio::co_spawn(shard.get_executor(), std::move(tasks[i]),
                              [&values, i](std::exception_ptr thrown, auto result) {
                                  if (!thrown) {
                                      values[i].emplace(std::move(result));
                                  }
                              });
    }
    shard.run();
    std::vector<T> all;
    for (std::optional<T>& value : values) {
        all.push_back(std::move(value).value());
    }
    return all;
}

/// A seeded store in a folder of its own.
class TestStore {
public:
    TestStore() { reopen(); }

    Store& operator*() { return *store_; }
    Store* operator->() { return store_.get(); }
    std::string url() const { return "sqlite:" + folder_.file("system.sqlite"); }

    /// As a second start of the server.
    void reopen() {
        store_.reset();
        auto opened = Store::open(url());
        if (!opened) {
            throw std::runtime_error(opened.error().message() + opened.error().detail());
        }
        store_ = std::move(*opened);
    }

    /// Writes one row through a transaction.
    template <typename Row>
    Row insert(Table<Row> Tables::*table, Row row) {
        auto made = await(store_->write(
            [&](Tables& tables) -> Result<Row> { return (tables.*table).insert(row); }));
        if (!made) {
            throw std::runtime_error(made.error().message() + " " + made.error().detail());
        }
        return *made;
    }

private:
    TempFolder folder_;
    std::unique_ptr<Store> store_;
};

}  // namespace sluice::store::testing
