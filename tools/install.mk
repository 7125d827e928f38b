# What `make install` puts where, under DESTDIR and PREFIX.
INSTALL ?= install
LIBDIR ?= $(PREFIX)/lib
VERSION := $(shell sed -n 's/^\#define SABIR_VERSION_[A-Z]* //p' core/include/sabir/version.h | paste -sd.)
SHARE := $(DESTDIR)$(PREFIX)/share/sabir
CONFORMANCE_FILES := $(shell find conformance -type f -not -name '*.pyc' -not -path '*/.*' -not -path '*.egg-info/*' -not -path 'conformance/build/*' 2>/dev/null)

.PHONY: install uninstall clean
install: lib cli ## headers, library, sabir.pc, the sabir command and the conformance suite, under PREFIX
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/include/sabir $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/bin
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/libexec/sabir
	$(INSTALL) -m 644 $(PUBLIC_HEADERS) $(DESTDIR)$(PREFIX)/include/sabir
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/include/sabir/cpp
	$(INSTALL) -m 644 $(CPP_HEADERS) $(DESTDIR)$(PREFIX)/include/sabir
	$(INSTALL) -m 644 $(CPP_INNER_HEADERS) $(DESTDIR)$(PREFIX)/include/sabir/cpp
	$(INSTALL) -m 755 $(LIB) $(DESTDIR)$(LIBDIR)/libsabir.so.$(VERSION)
	ln -sf libsabir.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libsabir.so.1
	ln -sf libsabir.so.1 $(DESTDIR)$(LIBDIR)/libsabir.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' core/sabir.pc.in \
		> $(DESTDIR)$(LIBDIR)/pkgconfig/sabir.pc
	$(if $(CLI),$(INSTALL) -m 755 $(CLI) $(DESTDIR)$(PREFIX)/bin/sabir)
	for file in $(CONFORMANCE_FILES); do $(INSTALL) -D -m 644 "$$file" "$(SHARE)/$$file" || exit 1; done
	for verb in $(notdir $(VERBS)); do \
		chmod 755 "$(SHARE)/conformance/bin/$$verb" && \
		ln -sf "../../share/sabir/conformance/bin/$$verb" "$(DESTDIR)$(PREFIX)/libexec/sabir/$$verb" || exit 1; done

uninstall: ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/include/sabir $(SHARE) $(DESTDIR)$(PREFIX)/libexec/sabir
	rm -f $(DESTDIR)$(LIBDIR)/libsabir.so $(DESTDIR)$(LIBDIR)/libsabir.so.1 $(DESTDIR)$(LIBDIR)/libsabir.so.$(VERSION)
	rm -f $(DESTDIR)$(LIBDIR)/pkgconfig/sabir.pc $(DESTDIR)$(PREFIX)/bin/sabir

clean: ## remove build/ (.venv stays)
	rm -rf build $(BUILD)
