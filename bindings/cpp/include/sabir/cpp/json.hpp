/*
 * JSON text, written and read as strictly as the wire does, for payloads that no type describes.
 *
 *     sabir::JsonWriter writer;
 *     writer.object_begin().key("n").value(1).key("who").value("me").object_end();
 *     writer.json();                          {"n":1,"who":"me"}
 */
#ifndef SABIR_CPP_JSON_HPP
#define SABIR_CPP_JSON_HPP

#include <sabir/cpp/codec.hpp>
#include <sabir/cpp/error.hpp>
#include <sabir/json.h>

#include <string_view>

namespace sabir {

/** Writes one token after the other; commas and colons come by themselves. The first error is thrown by json(). */
class JsonWriter {
  public:
    JsonWriter() {
        sabir_json_writer *raw = nullptr;
        detail::check(sabir_json_writer_new(&raw));
        raw_.reset(raw);
    }

    JsonWriter &object_begin() {
        return did(sabir_json_writer_object_begin(raw_.get()));
    }
    JsonWriter &object_end() {
        return did(sabir_json_writer_object_end(raw_.get()));
    }
    JsonWriter &array_begin() {
        return did(sabir_json_writer_array_begin(raw_.get()));
    }
    JsonWriter &array_end() {
        return did(sabir_json_writer_array_end(raw_.get()));
    }
    JsonWriter &key(std::string_view text) {
        return did(sabir_json_writer_key(raw_.get(), text.data(), text.size()));
    }
    JsonWriter &value(std::string_view text) {
        return did(sabir_json_writer_string(raw_.get(), text.data(), text.size()));
    }
    JsonWriter &value(const char *text) {
        return value(std::string_view(text));
    }
    JsonWriter &value(const std::string &text) {
        return value(std::string_view(text));
    }
    JsonWriter &value(bool value) {
        return did(sabir_json_writer_bool(raw_.get(), value));
    }
    JsonWriter &value(int value) {
        return did(sabir_json_writer_int64(raw_.get(), value));
    }
    JsonWriter &value(std::int64_t value) {
        return did(sabir_json_writer_int64(raw_.get(), value));
    }
    JsonWriter &value(std::uint64_t value) {
        return did(sabir_json_writer_uint64(raw_.get(), value));
    }
    JsonWriter &value(double value) {
        return did(sabir_json_writer_double(raw_.get(), value));
    }
    JsonWriter &value(std::nullptr_t) {
        return did(sabir_json_writer_null(raw_.get()));
    }
    /** One whole value that is text already; it is checked. */
    JsonWriter &value(const Json &json) {
        return json.text.empty() ? value(nullptr)
                                 : did(sabir_json_writer_json(raw_.get(), json.text.data(), json.text.size()));
    }

    /** The text so far. Throws the first error of any call: EVALUE (NaN, not UTF-8), ESTATE (a token that cannot stand there). */
    Json json() const {
        const char *text = nullptr;
        std::size_t len_bytes = 0;
        detail::check(sabir_json_writer_text_get(raw_.get(), &text, &len_bytes));
        return Json(std::string(text, len_bytes));
    }

  private:
    JsonWriter &did(int) {
        return *this;
    }
    struct Free {
        void operator()(sabir_json_writer *writer) const noexcept {
            sabir_json_writer_free(writer);
        }
    };
    std::unique_ptr<sabir_json_writer, Free> raw_;
};

/** Hands out the tokens of a text that outlives it. */
class JsonReader {
  public:
    explicit JsonReader(const Json &json) {
        sabir_json_reader *raw = nullptr;
        detail::check(sabir_json_reader_new(json.text.data(), json.text.size(), &raw));
        raw_.reset(raw);
    }
    explicit JsonReader(Json &&) = delete;

    /** The next token; SABIR_JSON_END after the last. Throws EMALFORMED with clause and offset. */
    sabir_json_event next() {
        std::uint32_t event = SABIR_JSON_END;
        detail::check(sabir_json_reader_next(raw_.get(), &event, &token_));
        return static_cast<sabir_json_event>(event);
    }
    /** What the token says: a key or a string unescaped, a number as it stands there. */
    std::string_view text() const noexcept {
        return token_.len_bytes ? std::string_view(token_.bytes, token_.len_bytes) : std::string_view();
    }
    /** The number, exactly. Throws EBADPAYLOAD if it is out of range, or none. */
    std::int64_t int64() const {
        std::int64_t value = 0;
        detail::check(sabir_json_int64_get(token_, &value));
        return value;
    }
    std::uint64_t uint64() const {
        std::uint64_t value = 0;
        detail::check(sabir_json_uint64_get(token_, &value));
        return value;
    }
    double number() const {
        double value = 0;
        detail::check(sabir_json_double_get(token_, &value));
        return value;
    }

  private:
    struct Free {
        void operator()(sabir_json_reader *reader) const noexcept {
            sabir_json_reader_free(reader);
        }
    };
    std::unique_ptr<sabir_json_reader, Free> raw_;
    sabir_string token_{nullptr, 0};
};

} // namespace sabir

#endif
