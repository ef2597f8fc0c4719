// The peer of `medward waf bench --peer`: libmodsecurity 3 driven as a web server drives it.
//
//   libmodsec RULES RESPONSE
//
// Loads the rules once and says so on a line of JSON. Then each line on standard input, `MIX WITH_RESPONSE MILLIS`, is one
// turn: the requests of the file MIX one after the other, a transaction each, again and again until MILLIS of processor
// time are spent; whether the file RESPONSE follows as a page is 0 or 1. The answer is a line of JSON. One thread, no sockets, no
// logs, no audit: what is counted is the work of the rules. The heads are taken apart before the clock runs.

#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Request {
  std::string method, target, version, body;
  std::vector<std::pair<std::string, std::string>> headers;
};

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "libmodsec: " << what << '\n';
  std::exit(1);
}

// Requests as they follow each other on one connection; a length that is said is right.
std::vector<Request> read_mix(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("open " + path);
  std::stringstream content;
  content << file.rdbuf();
  const std::string bytes = content.str();
  std::vector<Request> requests;
  size_t at = 0;
  auto line = [&] {
    const size_t end = bytes.find("\r\n", at);
    if (end == std::string::npos) fail(path + " ends within a head");
    std::string text = bytes.substr(at, end - at);
    at = end + 2;
    return text;
  };
  while (at < bytes.size()) {
    Request request;
    std::istringstream first(line());
    first >> request.method >> request.target >> request.version;
    size_t length = 0;
    for (std::string header = line(); !header.empty(); header = line()) {
      const size_t colon = header.find(": ");
      if (colon == std::string::npos) fail(path + " has a line that is no header");
      std::string name = header.substr(0, colon), value = header.substr(colon + 2);
      if (name == "Content-Length") length = std::stoul(value);
      request.headers.emplace_back(std::move(name), std::move(value));
    }
    if (bytes.size() - at < length) fail(path + " ends within a body");
    request.body = bytes.substr(at, length);
    at += length;
    requests.push_back(std::move(request));
  }
  if (requests.empty()) fail(path + " has no request");
  return requests;
}

bool refused(modsecurity::Transaction& transaction) {
  modsecurity::ModSecurityIntervention intervention{};
  intervention.status = 200;
  const bool disruptive = transaction.intervention(&intervention) && intervention.disruptive;
  std::free(intervention.url);
  std::free(intervention.log);
  return disruptive;
}

// Stops where a server stops: nothing is asked after a refusal but the logging phase.
bool judge(modsecurity::ModSecurity& engine, modsecurity::RulesSet& rules, const Request& request,
           const std::string* response) {
  modsecurity::Transaction transaction(&engine, &rules, nullptr);
  const auto step = [&] {
    transaction.processConnection("127.0.0.1", 50000, "127.0.0.1", 80);
    transaction.processURI(request.target.c_str(), request.method.c_str(), request.version.c_str() + 5);
    for (const auto& [name, value] : request.headers) transaction.addRequestHeader(name, value);
    transaction.processRequestHeaders();
    if (refused(transaction)) return true;
    if (!request.body.empty()) {
      transaction.appendRequestBody(reinterpret_cast<const unsigned char*>(request.body.data()), request.body.size());
    }
    transaction.processRequestBody();
    if (refused(transaction)) return true;
    if (response == nullptr) return false;
    transaction.addResponseHeader("Content-Type", "text/html; charset=utf-8");
    transaction.addResponseHeader("Content-Length", std::to_string(response->size()));
    transaction.processResponseHeaders(200, "HTTP/1.1");
    if (refused(transaction)) return true;
    transaction.appendResponseBody(reinterpret_cast<const unsigned char*>(response->data()), response->size());
    transaction.processResponseBody();
    return refused(transaction);
  };
  const bool blocked = step();
  transaction.processLogging();
  return blocked;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) fail("needs the rules and the response");
  modsecurity::ModSecurity engine;
  engine.setConnectorInformation("medward bench");
  engine.setServerLogCb([](void*, const void*) {});
  modsecurity::RulesSet rules;
  const double before = seconds(CLOCK_MONOTONIC);
  if (rules.loadFromUri(arguments[1]) < 0) fail("load the rules: " + rules.getParserError());
  std::ifstream file(arguments[2], std::ios::binary);
  if (!file) fail(std::string("open ") + arguments[2]);
  std::stringstream page;
  page << file.rdbuf();
  const std::string response = page.str();
  std::printf("{\"version\":\"%s.%s.%s\",\"load_s\":%.6f}\n", MODSECURITY_MAJOR, MODSECURITY_MINOR, MODSECURITY_PATCHLEVEL,
              seconds(CLOCK_MONOTONIC) - before);
  std::fflush(stdout);

  std::map<std::string, std::vector<Request>> mixes;
  std::string path;
  int with_response = 0;
  double millis = 0;
  while (std::cin >> path >> with_response >> millis) {
    if (mixes.count(path) == 0) mixes[path] = read_mix(path);
    const auto& requests = mixes[path];
    size_t judged = 0, blocked = 0;
    const double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double spent = 0;
    do {
      for (const auto& request : requests) {
        blocked += judge(engine, rules, request, with_response ? &response : nullptr) ? 1 : 0;
        ++judged;
      }
      spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    } while (spent * 1e3 < millis);
    std::printf("{\"requests\":%zu,\"blocked\":%zu,\"cpu_us\":%.3f}\n", judged, blocked, spent * 1e6);
    std::fflush(stdout);
  }
  return 0;
}
