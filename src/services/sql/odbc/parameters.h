#pragma once
/// The values of one statement, bound as ODBC takes them.

#include <deque>
#include <string>
#include <vector>

#include "services/sql/value.h"

namespace sluice::services::sql {

/// Shape: integers go as BIGINT, booleans as BIT, exact numbers as DECIMAL while 38 digits hold
/// them
///        and as doubles beyond; texts in ASCII as VARCHAR (so that an index on such a column
///        serves), all others as WVARCHAR; bytes as VARBINARY.
class OdbcParameters {
public:
    /// `values` must outlive this.
    explicit OdbcParameters(const std::vector<Value>& values) : values_(values) {}
    OdbcParameters(const OdbcParameters&) = delete;
    OdbcParameters& operator=(const OdbcParameters&) = delete;

    /// False when the driver refuses one; the statement says why.
    bool bind(void* statement);

private:
    struct Bound {
        short c_type = 0;
        short sql_type = 0;
        unsigned long size = 0;
        short digits = 0;
        void* data = nullptr;
        long bytes = 0;
    };
    Bound of(const Value& value);
    Bound number(const std::string& digits);

    const std::vector<Value>& values_;
    std::deque<std::int64_t> integers_;
    std::deque<unsigned char> truths_;
    std::deque<double> reals_;
    std::deque<std::u16string> wides_;
    std::deque<long> lengths_;
};

}  // namespace sluice::services::sql
