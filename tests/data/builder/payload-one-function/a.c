static int limit = 4;

int one_function(int n)
{
	printk("n %d\n", n);
	return n + limit;
}

int one_other(void)
{
	return ++limit;
}
