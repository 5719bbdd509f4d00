/**
 * The small HTTP server that the examples run as pods ({@code image: fairlead.dev/echo}): it says who answered, can ask
 * another Service first, can be made unready, and ends politely. A program of its own: it meets Fairlead only through
 * its environment, like any other pod. Start reading at {@code Echo}.
 */
package dev.fairlead.cli.echo;
