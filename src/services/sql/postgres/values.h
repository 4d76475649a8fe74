#pragma once
/// Values and rows as libpq takes and gives them.

#include <string>
#include <vector>

#include "services/sql/statement.h"

struct pg_result;

namespace sluice::services::sql {

/// The values of one statement. Bytes go in binary, all else as text.
/// Shape: points into the values it was made from.
class PostgresParameters {
public:
    explicit PostgresParameters(const std::vector<Value>& values);

    int size() const { return static_cast<int>(pointers_.size()); }
    const char* const* pointers() const { return pointers_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    void add(const Value& value);
    void push(const char* text, std::size_t size, int format);

    std::vector<std::string> texts_;
    std::vector<const char*> pointers_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

/// The columns of `result`.
std::vector<ResultColumnHead> heads_of(const pg_result* result);

/// All rows of `result`, in order. Reads bytea as `bytea_output = hex` writes it.
void hand_over(const pg_result* result, RowSink& sink);

}  // namespace sluice::services::sql
