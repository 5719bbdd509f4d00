/** The only native code: processes, namespaces, netlink, sockets; and the lab. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.kernel {
    requires static transitive org.jspecify;
}
