#include "tags.hpp"

#include <cstdio>

namespace tags {
namespace {

void put_tag(sabir::JsonWriter &writer, const char *tag, std::string_view value) {
    writer.object_begin().key("t").value(tag).key("v").value(value).object_end();
}

/* {"t": "map", "v": { ... */
void open_tag(sabir::JsonWriter &writer, const char *tag) {
    writer.object_begin().key("t").value(tag).key("v");
}

void put_integer(sabir::JsonWriter &writer, const sabir::JsonReader &reader) {
    std::int64_t value = 0;
    try {
        value = reader.int64();
    } catch (const sabir::ErrorOf<SABIR_EBADPAYLOAD> &) {
        put(writer, reader.uint64());
        return;
    }
    put(writer, value);
}

void put_token(sabir::JsonWriter &writer, sabir_json_event event, const sabir::JsonReader &reader) {
    switch (event) {
    case SABIR_JSON_OBJECT_BEGIN:
        open_tag(writer, "map");
        writer.object_begin();
        break;
    case SABIR_JSON_OBJECT_END:
        writer.object_end().object_end();
        break;
    case SABIR_JSON_ARRAY_BEGIN:
        open_tag(writer, "list");
        writer.array_begin();
        break;
    case SABIR_JSON_ARRAY_END:
        writer.array_end().object_end();
        break;
    case SABIR_JSON_KEY:
        writer.key(reader.text());
        break;
    case SABIR_JSON_STRING:
        put(writer, reader.text());
        break;
    case SABIR_JSON_INTEGER:
        put_integer(writer, reader);
        break;
    case SABIR_JSON_DOUBLE:
        put(writer, reader.number());
        break;
    case SABIR_JSON_NULL:
        writer.object_begin().key("t").value("null").object_end();
        break;
    default:
        put(writer, event == SABIR_JSON_TRUE);
    }
}

} // namespace

void put(sabir::JsonWriter &writer, std::int64_t value) {
    put_tag(writer, "int", std::to_string(value));
}

void put(sabir::JsonWriter &writer, std::uint64_t value) {
    put_tag(writer, "int", std::to_string(value));
}

void put(sabir::JsonWriter &writer, double value) {
    char text[40];
    (void)std::snprintf(text, sizeof text, "%.17g", value);
    put_tag(writer, "float", text);
}

void put(sabir::JsonWriter &writer, bool value) {
    put_tag(writer, "bool", value ? "true" : "false");
}

void put(sabir::JsonWriter &writer, std::string_view value) {
    static const char DIGITS[] = "0123456789abcdef";
    std::string hex;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        hex += DIGITS[byte >> 4];
        hex += DIGITS[byte & 15];
    }
    writer.object_begin().key("t").value("str").key("v").value(value).key("bytes").value(hex).object_end();
}

void put(sabir::JsonWriter &writer, const std::vector<std::int64_t> &values) {
    open_tag(writer, "list");
    writer.array_begin();
    for (const std::int64_t value : values) put(writer, value);
    writer.array_end().object_end();
}

void put_json(sabir::JsonWriter &writer, const sabir::Json &json) {
    sabir::JsonReader reader(json);
    for (sabir_json_event event = reader.next(); event != SABIR_JSON_END; event = reader.next())
        put_token(writer, event, reader);
}

} // namespace tags
