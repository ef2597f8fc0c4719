//! Servers that only pretend to be Redis, and addresses that only pretend to be one.

use tokio::net::UnixListener;

use super::*;

/// What becomes of a node whose Redis says `answer` and goes; over and over if it is `endless`.
async fn pretended(answer: &[u8], endless: bool) -> LinkError {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("redis.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 4_096];
        assert!(stream.read(&mut asked).await.unwrap() > 0);
        while stream.write_all(answer).await.is_ok() && endless {}
        drop(stream);
        std::future::pending::<()>().await;
    };
    let node = node(&RedisAddress::parse(&format!("redis+unix://{}", path.display())).unwrap(), 3);
    assert_eq!(taken(&node, START, 10), 10);
    let clock = Clock::system();
    let connector = connector(&clock, None);
    let ended = wait(Box::pin(async {
        tokio::select! {
            ended = node.follow(&connector, &clock, || panic!("it is no Redis")) => ended,
            () = server => unreachable!(),
        }
    }))
    .await;
    assert!(node.counters.is_alone());
    assert_eq!(taken(&node, START, 500), 23, "its third of the limit, and nothing was lost");
    ended
}

#[tokio::test]
async fn a_server_that_answers_garbage_is_left_and_each_node_keeps_its_part() {
    let nested = b"*1\r\n".repeat(500);
    for answer in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
        b"*9223372036854775807\r\n:1\r\nx",
        b"-ERR unknown command\r\n",
        b"*3\r\n:1\r\n:-5\r\n:0\r\n",
        b"*2\r\n:1\r\n:5\r\n",
        b"*3\r\n:1\r\n$1\r\nx\r\n:0\r\n",
        b"*3\r\n$2\r\n-1\r\n:1\r\n:0\r\n",
        b":1\r\n",
        b"+OK\r\n",
        b"_\r\n",
        b"%-1\r\n",
        b"\0\xff\xfe",
        &nested,
    ] {
        let error = Box::pin(pretended(answer, false)).await;
        let is_expected = matches!(error, LinkError::Exchange(_) | LinkError::Garbage | LinkError::Ended);
        assert!(is_expected, "{error:?} after {:?}", String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    for endless in [b"$2000000000\r\nxxxxxxxxxxxxxxxx".as_slice(), b"+xxxxxxxxxxxxxxxx", b"*2000000\r\n:1\r\n"] {
        let error = Box::pin(pretended(endless, true)).await;
        assert!(matches!(error, LinkError::Exchange(_) | LinkError::Garbage | LinkError::Ended), "{error:?}");
    }
}

#[tokio::test]
async fn a_redis_that_says_nothing_is_left_after_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("redis.sock");
    let _silent = UnixListener::bind(&path).unwrap();
    let node = node(&RedisAddress::parse(&format!("redis+unix://{}", path.display())).unwrap(), 3);
    let (clock, hand) = Clock::manual(START);
    let connector = connector(&clock, None);
    let mut follow = Box::pin(node.follow(&connector, &clock, || panic!("it said nothing")));
    let turned = wait(async {
        let mut turned = Duration::ZERO;
        loop {
            for _ in 0..100 {
                if let std::task::Poll::Ready(ended) = futures_util::poll!(&mut follow) {
                    assert!(matches!(ended, LinkError::Silent), "{ended:?}");
                    return turned;
                }
                tokio::task::yield_now().await;
            }
            hand.advance(PAUSE);
            turned += PAUSE;
        }
    })
    .await;
    assert!((PATIENCE..=Duration::from_secs(2)).contains(&turned), "{turned:?}");
}

#[test]
fn addresses_of_redis_are_read_as_documented() {
    let check = |text: &str, expected: &str| {
        let read = RedisAddress::parse(text).map_or_else(|error| error.to_string(), |address| address.to_string());
        assert_eq!(read, expected, "{text}");
    };
    check("redis://10.0.0.5", "redis://10.0.0.5:6379/0");
    check("redis://10.0.0.5:7000/2", "redis://10.0.0.5:7000/2");
    check("rediss://redis.local/", "rediss://redis.local:6379/0");
    check("rediss://[2001:db8::5]", "rediss://[2001:db8::5]:6379/0");
    check("redis+unix:///run/redis.sock", "redis+unix:///run/redis.sock");
    let error = RedisAddressError.to_string();
    for wrong in [
        "",
        "10.0.0.5",
        "http://10.0.0.5",
        "redis://",
        "redis://:secret@10.0.0.5",
        "redis://10.0.0.5/x",
        "redis://10.0.0.5/-1",
        "redis://10.0.0.5/0?a=b",
        "redis://169.254.169.254",
        "redis+unix://",
        "redis+unix://relative",
    ] {
        check(wrong, &error);
    }
}
