/**
 * One command's way to an API: which kubeconfig, which namespace, which objects the words on the command line mean. Refusals
 * are told as kubectl tells them; that nobody answers is a {@code Failure} that says what to start. Start reading at
 * {@code Session}.
 */
package dev.fairlead.cli.command.session;
