#include "dump.h"

#include <cstring>

namespace sluice::php {

namespace {

constexpr int kMaxDepth = 20;

/// No destructors: running out of PHP memory jumps over it.
class Dumper {
public:
    explicit Dumper(std::string& out) : out_(out) {}

    void write(const zval* value) {
        ZVAL_DEREF(value);
        switch (Z_TYPE_P(value)) {
            case IS_STRING:
                quote(view_of(Z_STR_P(value)));
                return;
            case IS_ARRAY:
                write_array(Z_ARRVAL_P(value));
                return;
            case IS_OBJECT:
                write_object(Z_OBJ_P(value));
                return;
            case IS_TRUE:
                out_ += "true";
                return;
            case IS_FALSE:
                out_ += "false";
                return;
            case IS_NULL:
            case IS_UNDEF:
                out_ += "null";
                return;
            case IS_RESOURCE:
                out_ += "resource";
                return;
            default:
                break;
        }
        zval copy = *value;
        zend_string* text = zval_get_string(&copy);
        out_ += view_of(text);
        if (Z_TYPE_P(value) == IS_DOUBLE &&
            view_of(text).find_first_not_of("-0123456789") == std::string_view::npos) {
            out_ += ".0";
        }
        zend_string_release(text);
    }

private:
    void quote(std::string_view text) {
        out_ += '"';
        out_ += text;
        out_ += '"';
    }

    void indent() { out_.append(static_cast<std::size_t>(depth_) * 2, ' '); }

    void write_array(HashTable* table) {
        const auto count = zend_hash_num_elements(table);
        if (count == 0) {
            out_ += "[]";
            return;
        }
        out_ += "array:";
        append_number(count);
        if (depth_ >= kMaxDepth) {
            out_ += " [ ... ]";
            return;
        }
        out_ += " [\n";
        ++depth_;
        zend_ulong index = 0;
        zend_string* key = nullptr;
        zval* item = nullptr;
        ZEND_HASH_FOREACH_KEY_VAL_IND(table, index, key, item) {
            indent();
            if (key != nullptr) {
                quote(view_of(key));
            } else {
                append_number(static_cast<zend_long>(index));
            }
            out_ += " => ";
            write(item);
            out_ += '\n';
        }
        ZEND_HASH_FOREACH_END();
        --depth_;
        indent();
        out_ += ']';
    }

    void write_object(zend_object* object) {
        out_ += view_of(object->ce->name);
        out_ += " {#";
        append_number(object->handle);
        zval self;
        ZVAL_OBJ(&self, object);
        HashTable* members =
            depth_ >= kMaxDepth ? nullptr : zend_get_properties_for(&self, ZEND_PROP_PURPOSE_DEBUG);
        if (members == nullptr) {
            out_ += " ... }";
            return;
        }
        out_ += '\n';
        ++depth_;
        zend_string* key = nullptr;
        zval* item = nullptr;
        ZEND_HASH_FOREACH_STR_KEY_VAL_IND(members, key, item) {
            if (key == nullptr) {
                continue;
            }
            const char* scope = nullptr;
            const char* name = nullptr;
            std::size_t length = 0;
            zend_unmangle_property_name_ex(key, &scope, &name, &length);
            indent();
            out_ += scope == nullptr ? '+' : *scope == '*' ? '#' : '-';
            quote({name, length});
            out_ += ": ";
            write(item);
            out_ += '\n';
        }
        ZEND_HASH_FOREACH_END();
        --depth_;
        zend_release_properties(members);
        indent();
        out_ += '}';
    }

    void append_number(zend_long value) {
        char text[24];
        const char* from = zend_print_long_to_buf(text + sizeof text - 1, value);
        out_ += from;
    }

    std::string& out_;
    int depth_ = 0;
};

}  // namespace

void dump_value(std::string& out, const zval* value) {
    Dumper(out).write(value);
}

}  // namespace sluice::php
