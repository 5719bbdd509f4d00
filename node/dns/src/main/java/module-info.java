/** Names of Services: codec, pure answers, server. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.dns {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.kernel;
}
