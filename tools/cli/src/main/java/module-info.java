/** The fairlead command. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.cli {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.agent;
    requires transitive dev.fairlead.apiserver;
    requires dev.fairlead.controllers;
    requires dev.fairlead.dns;
    requires info.picocli;

    exports dev.fairlead.cli;
    exports dev.fairlead.cli.instance;

    opens dev.fairlead.cli.command to
            info.picocli;
}
