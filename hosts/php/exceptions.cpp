#include "exceptions.h"

#include <array>

#include "json_out.h"
#include "run.h"

namespace sluice::php {

namespace {

struct Classes {
    zend_class_entry* rest = nullptr;
    zend_class_entry* batch = nullptr;
    zend_class_entry* bare = nullptr;
};

Classes& classes() {
    static Classes all;
    return all;
}

constexpr zend_long kBatchCode = 1000;

void set(zend_object* object, const char* name, zval* value) {
    zend_update_property(classes().rest, object, name, std::strlen(name), value);
}

/// Message, code and previous live in \Exception itself.
void set_base(zend_object* object, zend_string* message, zend_long code, zval* previous) {
    if (message != nullptr) {
        zend_update_property_str(zend_ce_exception, object, ZEND_STRL("message"), message);
    }
    zend_update_property_long(zend_ce_exception, object, ZEND_STRL("code"), code);
    if (previous != nullptr && Z_TYPE_P(previous) == IS_OBJECT) {
        zend_update_property(zend_ce_exception, object, ZEND_STRL("previous"), previous);
    }
}

zend_long status_of(zend_object* object) {
    zval space;
    return zval_get_long(
        zend_read_property(classes().rest, object, ZEND_STRL("status_code"), true, &space));
}

zend_long code_of(zend_object* object) {
    zval space;
    return zval_get_long(
        zend_read_property(zend_ce_exception, object, ZEND_STRL("code"), true, &space));
}

/// new RestException(status, message, code, previous, context)
ZEND_METHOD(RestException, __construct) {
    zend_long status = 500;
    zend_string* message = nullptr;
    zend_long code = 0;
    bool has_no_code = true;
    zval* previous = nullptr;
    zval* context = nullptr;
    ZEND_PARSE_PARAMETERS_START(0, 5)
    Z_PARAM_OPTIONAL
    Z_PARAM_LONG(status)
    Z_PARAM_STR_OR_NULL(message)
    Z_PARAM_LONG_OR_NULL(code, has_no_code)
    Z_PARAM_OBJECT_OF_CLASS_OR_NULL(previous, zend_ce_throwable)
    Z_PARAM_ZVAL(context)
    ZEND_PARSE_PARAMETERS_END();
    zend_object* self = Z_OBJ_P(ZEND_THIS);
    zend_update_property_long(classes().rest, self, ZEND_STRL("status_code"), status);
    set_base(self, message, has_no_code || code == 0 ? status : code, previous);
    if (context != nullptr) {
        set(self, "context", context);
    }
}

/// new BadRequestException(message, code, previous, context): the status is the class's.
ZEND_METHOD(StatusException, __construct) {
    zend_string* message = nullptr;
    zend_long code = 0;
    bool has_no_code = true;
    zval* previous = nullptr;
    zval* context = nullptr;
    ZEND_PARSE_PARAMETERS_START(0, 4)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR_OR_NULL(message)
    Z_PARAM_LONG_OR_NULL(code, has_no_code)
    Z_PARAM_OBJECT_OF_CLASS_OR_NULL(previous, zend_ce_throwable)
    Z_PARAM_ZVAL(context)
    ZEND_PARSE_PARAMETERS_END();
    zend_object* self = Z_OBJ_P(ZEND_THIS);
    set_base(self, message, has_no_code || code == 0 ? status_of(self) : code, previous);
    if (context != nullptr) {
        set(self, "context", context);
    }
}

/// How a member of a batch that is an exception stands in the context.
void describe_member(zval* out, zend_object* member) {
    zval space;
    zend_class_entry* base =
        instanceof_function(member->ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
    const bool is_rest = instanceof_function(member->ce, classes().rest);
    zval* message = zend_read_property(base, member, ZEND_STRL("message"), true, &space);
    Z_TRY_ADDREF_P(message);
    zval shown = *message;
    zend_long code =
        zval_get_long(zend_read_property(base, member, ZEND_STRL("code"), true, &space));
    const zend_long status = is_rest ? status_of(member) : 500;
    if (code == 0) {
        code = status;
    }
    array_init_size(out, 4);
    add_assoc_long(out, "code", code);
    zval* context =
        is_rest ? zend_read_property(classes().rest, member, ZEND_STRL("context"), true, &space)
                : &EG(uninitialized_zval);
    Z_TRY_ADDREF_P(context);
    add_assoc_zval(out, "context", context);
    add_assoc_zval(out, "message", &shown);
    add_assoc_long(out, "status_code", status);
}

/// new BatchException(resources, message, code = 1000, previous)
ZEND_METHOD(BatchException, __construct) {
    HashTable* resources = nullptr;
    zend_string* message = nullptr;
    zend_long code = kBatchCode;
    bool has_no_code = true;
    zval* previous = nullptr;
    ZEND_PARSE_PARAMETERS_START(0, 4)
    Z_PARAM_OPTIONAL
    Z_PARAM_ARRAY_HT_OR_NULL(resources)
    Z_PARAM_STR_OR_NULL(message)
    Z_PARAM_LONG_OR_NULL(code, has_no_code)
    Z_PARAM_OBJECT_OF_CLASS_OR_NULL(previous, zend_ce_throwable)
    ZEND_PARSE_PARAMETERS_END();
    zend_object* self = Z_OBJ_P(ZEND_THIS);
    set_base(self, message, has_no_code ? kBatchCode : code, previous);

    zval errors;
    zval shown;
    array_init(&errors);
    array_init(&shown);
    if (resources != nullptr) {
        zend_long at = 0;
        zval* item = nullptr;
        ZEND_HASH_FOREACH_VAL(resources, item) {
            ZVAL_DEREF(item);
            if (Z_TYPE_P(item) == IS_OBJECT &&
                instanceof_function(Z_OBJCE_P(item), zend_ce_throwable)) {
                add_next_index_long(&errors, at);
                zval member;
                describe_member(&member, Z_OBJ_P(item));
                add_next_index_zval(&shown, &member);
            } else {
                Z_TRY_ADDREF_P(item);
                add_next_index_zval(&shown, item);
            }
            ++at;
        }
        ZEND_HASH_FOREACH_END();
    }
    zval context;
    array_init_size(&context, 2);
    add_assoc_zval(&context, "error", &errors);
    add_assoc_zval(&context, "resource", &shown);
    set(self, "context", &context);
    zval_ptr_dtor(&context);
}

/// new DFException(exception): 500 outside, the other exception's code and message inside.
ZEND_METHOD(DFException, __construct) {
    zval* inner = nullptr;
    ZEND_PARSE_PARAMETERS_START(0, 1)
    Z_PARAM_OPTIONAL
    Z_PARAM_OBJECT_OF_CLASS_OR_NULL(inner, zend_ce_throwable)
    ZEND_PARSE_PARAMETERS_END();
    if (inner == nullptr) {
        return;
    }
    zend_object* self = Z_OBJ_P(ZEND_THIS);
    zval member;
    describe_member(&member, Z_OBJ_P(inner));
    HashTable* facts = Z_ARRVAL(member);
    zend_string* message = zval_get_string(zend_hash_str_find(facts, ZEND_STRL("message")));
    set_base(self, message, zval_get_long(zend_hash_str_find(facts, ZEND_STRL("code"))), inner);
    zend_string_release(message);
    set(self, "context", zend_hash_str_find(facts, ZEND_STRL("context")));
    zval_ptr_dtor(&member);
}

ZEND_METHOD(RestException, getStatusCode) {
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_LONG(status_of(Z_OBJ_P(ZEND_THIS)));
}

ZEND_METHOD(RestException, getContext) {
    ZEND_PARSE_PARAMETERS_NONE();
    zval space;
    RETURN_COPY(
        zend_read_property(classes().rest, Z_OBJ_P(ZEND_THIS), ZEND_STRL("context"), true, &space));
}

// With defaults, so that named arguments may leave out those before them.
ZEND_BEGIN_ARG_INFO_EX(five_arguments, 0, 0, 0)
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, status, "500")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, message, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, code, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, previous, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, context, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(four_arguments, 0, 0, 0)
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, message, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, code, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, previous, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, context, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(batch_arguments, 0, 0, 0)
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, resources, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, message, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, code, "null")
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, previous, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(one_argument, 0, 0, 0)
ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, exception, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(no_arguments, 0, 0, 0)
ZEND_END_ARG_INFO()

const zend_function_entry kRestMethods[] = {
    ZEND_ME(RestException, __construct, five_arguments, ZEND_ACC_PUBLIC)
        ZEND_ME(RestException, getStatusCode, no_arguments, ZEND_ACC_PUBLIC)
            ZEND_ME(RestException, getContext, no_arguments, ZEND_ACC_PUBLIC) ZEND_FE_END};
const zend_function_entry kStatusMethods[] = {
    ZEND_ME(StatusException, __construct, four_arguments, ZEND_ACC_PUBLIC) ZEND_FE_END};
const zend_function_entry kBatchMethods[] = {
    ZEND_ME(BatchException, __construct, batch_arguments, ZEND_ACC_PUBLIC) ZEND_FE_END};
const zend_function_entry kBareMethods[] = {
    ZEND_ME(DFException, __construct, one_argument, ZEND_ACC_PUBLIC) ZEND_FE_END};

struct Kind {
    std::string_view name;
    zend_long status;
};

constexpr std::array<Kind, 10> kKinds = {{{"BadRequestException", 400},
                                          {"ConflictResourceException", 409},
                                          {"ForbiddenException", 403},
                                          {"InternalServerErrorException", 500},
                                          {"InvalidJsonException", 400},
                                          {"NotFoundException", 404},
                                          {"NotImplementedException", 501},
                                          {"ServiceUnavailableException", 503},
                                          {"TooManyRequestsException", 429},
                                          {"UnauthorizedException", 401}}};

zend_class_entry* make(std::string_view name,
                       const zend_function_entry* methods,
                       zend_class_entry* parent,
                       zend_long status) {
    std::string full = "DreamFactory\\Core\\Exceptions\\";
    full += name;
    zend_class_entry entry;
    INIT_CLASS_ENTRY_EX(entry, full.data(), full.size(), methods);
    zend_class_entry* made = zend_register_internal_class_ex(&entry, parent);
    zend_declare_property_long(made, ZEND_STRL("status_code"), status, ZEND_ACC_PROTECTED);
    return made;
}

}  // namespace

void register_exceptions() {
    Classes& all = classes();
    all.rest = make("RestException", kRestMethods, zend_ce_exception, 500);
    zend_declare_property_null(all.rest, ZEND_STRL("context"), ZEND_ACC_PROTECTED);
    for (const Kind& kind : kKinds) {
        make(kind.name, kStatusMethods, all.rest, kind.status);
    }
    all.batch = make("BatchException", kBatchMethods, all.rest, 400);
    all.bare = make("DFException", kBareMethods, all.rest, 500);
}

zend_class_entry* rest_exception_class() {
    return classes().rest;
}

Thrown read_rest_exception(zend_object* object) {
    Thrown thrown;
    thrown.status = status_of(object);
    thrown.code = code_of(object);
    if (thrown.code == 0) {
        thrown.code = thrown.status;
    }
    thrown.is_bare = instanceof_function(object->ce, classes().bare);
    zval space;
    const zval* context =
        zend_read_property(classes().rest, object, ZEND_STRL("context"), true, &space);
    const Run* run = active_run();
    if (run != nullptr && run->origins != nullptr && Z_TYPE_P(context) != IS_NULL) {
        if (encode_json(thrown.context, *run->origins, context) != JsonFault::None) {
            thrown.context.clear();
            zend_clear_exception();
        }
    }
    return thrown;
}

}  // namespace sluice::php
