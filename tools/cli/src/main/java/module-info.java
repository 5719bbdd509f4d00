/** The fairlead command. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.cli {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.agent;
    requires dev.fairlead.apiserver;
    requires dev.fairlead.controllers;
    requires dev.fairlead.dns;
    requires info.picocli;
}
