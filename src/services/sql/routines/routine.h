#pragma once
/// Stored procedures and functions as the database describes them, and what differs between
/// databases in finding and calling them.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/sql/schema.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

/// Under which resource a routine stands.
enum class RoutineForm { Procedure, Function };

struct RoutineParameter {
    enum class Mode { In, Out, InOut };
    /// Name, kind and limits; the name is empty where the routine gives none.
    Column column;
    Mode mode = Mode::In;
    /// It may be left out.
    bool has_default = false;
    /// It takes all further values, as one array.
    bool is_variadic = false;
    /// A list of JSON becomes an array.
    bool is_array = false;

    bool takes() const { return mode != Mode::Out; }
    bool gives() const { return mode != Mode::In; }
};

struct Routine {
    /// What a function gives, once or for each row. A procedure gives results of any form.
    enum class Gives { Nothing, Value, Record, RecordOfAnyForm };

    /// As clients name it: with its schema in front where that is not the default one.
    std::string name;
    std::string quoted;
    std::string description;
    /// It is selected from; else it is called.
    bool is_function = false;
    std::vector<RoutineParameter> parameters;
    Gives gives = Gives::Nothing;
    /// It gives any number of rows.
    bool gives_many = false;
    /// What a value is that a function gives; without a name.
    Column returns;

    /// The row of the last result holds its parameters.
    bool gives_parameters() const;
    /// `name(a integer, b text)`
    std::string signature() const;
};
using RoutineRef = std::shared_ptr<const Routine>;

/// The values of a call, one for each parameter in order; empty for those that are left out.
using Arguments = std::vector<std::optional<Value>>;

class Routines {
public:
    virtual ~Routines() = default;

    /// All routines of that form, or those of one name: exactly that one or, failing that, ignoring
    /// case. Sorted by name; those that are overloaded come several times.
    virtual Task<Result<std::vector<RoutineRef>>> find(Session& session,
                                                       RoutineForm form,
                                                       std::optional<std::string> name,
                                                       Deadline deadline) const = 0;

    /// Where the routine gives parameters, they are the row of the last result, under their names.
    virtual RoutineCall call(const Routine& routine, const Arguments& arguments) const = 0;
};

}  // namespace sluice::services::sql
