#pragma once
/// Values and rows as libmariadb's prepared statements take and give them.

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "services/sql/statement.h"

struct st_mysql_bind;
struct st_mysql_stmt;
struct st_mysql_time;

namespace sluice::services::sql {

/// The values of one statement.
/// Shape: points into the values it was made from; texts are utf8mb4, exact numbers go as decimals.
class MysqlParameters {
public:
    explicit MysqlParameters(const std::vector<Value>& values);
    ~MysqlParameters();
    MysqlParameters(const MysqlParameters&) = delete;
    MysqlParameters& operator=(const MysqlParameters&) = delete;

    std::size_t size() const;
    st_mysql_bind* binds();

private:
    void add(const Value& value);

    std::vector<st_mysql_bind> binds_;
    std::deque<std::int64_t> integers_;
    std::deque<double> reals_;
    std::deque<unsigned long> lengths_;
};

/// The rows of a statement that was executed, fetched one after the other.
/// Shape: integers are native up to 2^63-1 and text beyond; decimals are text, exact; moments are
///        ISO 8601 with a blank, fractions without trailing zeros; BIT is an integer; text in a
///        character set is text and all else bytes.
class MysqlRows {
public:
    /// Binds the columns of `statement`, which must have some.
    explicit MysqlRows(st_mysql_stmt* statement);
    ~MysqlRows();
    MysqlRows(const MysqlRows&) = delete;
    MysqlRows& operator=(const MysqlRows&) = delete;

    /// The row that was just fetched. `sink` null: it is dropped.
    /// Errors: false when the statement cannot go on.
    bool hand_over(RowSink* sink);

private:
    struct Column;
    void bind();
    bool fetch_whole(std::size_t index);

    st_mysql_stmt* statement_;
    std::vector<std::unique_ptr<Column>> columns_;
    std::vector<st_mysql_bind> binds_;
    bool is_bound_ = false;
};

/// The columns of the result that `statement` is at.
std::vector<ResultColumnHead> heads_of(st_mysql_stmt* statement);

/// `kind` tells days from times; `decimals` as the column keeps them.
enum class MomentForm { Date, Time, DateTime };
std::string moment_text(const st_mysql_time& moment, MomentForm form);

}  // namespace sluice::services::sql
